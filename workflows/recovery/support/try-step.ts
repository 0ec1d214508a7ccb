import { isCancellation } from '@temporalio/workflow';
import { reasonOf } from '../../kernel/reason-of.ts';
import { failStep, takeStep, takeStepBeside, type OpenStep } from '../../kernel/steps.ts';
import type { Run } from '../../kernel/run.ts';

/** A step that keeps nothing waiting: where it fails it is shown as failed, and the run goes on. Returns why it failed. */
export async function tryStep(
  run: Run,
  { name, source, isBeside = false }: { name: string; source: string; isBeside?: boolean },
  act: (step: OpenStep) => Promise<void>,
): Promise<string | undefined> {
  try {
    await (isBeside ? takeStepBeside : takeStep)(run, name, act);
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const why = reasonOf(error);
    failStep(run, name, { what: 'failure', source, value: why });
    return why;
  }
}
