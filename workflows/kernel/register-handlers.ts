import { defineQuery, setHandler } from '@temporalio/workflow';
import { statusQuery } from '../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { registerCancellation } from './register-cancellation.ts';
import { registerVerbs, type VerbActs } from './register-verbs.ts';
import type { Run } from './run.ts';

/** Comes before anything else, so that messages that arrive with the start are answered. */
export function registerHandlers<R extends Run>(run: R, acts: VerbActs<R>): void {
  setHandler(defineQuery<RunStatus>(statusQuery), () => run.status, {
    description: 'Where the run stands: steps, verdicts, what it waits for',
  });
  registerVerbs(run, acts);
  registerCancellation(run);
}
