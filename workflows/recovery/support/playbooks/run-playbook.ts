import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { KindDefinition } from '../../../../src/kinds/kind.ts';
import type { Continuation } from '../../../kernel/continuation.ts';
import type { Ending } from '../../../kernel/ending.ts';
import { runStory } from '../../../kernel/run-story.ts';
import { PlaybookMailbox, PlaybookRun } from './playbook-run.ts';
import { undosOf } from './playbook-undos.ts';
import { playbookVerbActs } from './playbook-verb-acts.ts';

interface Start<Spec> {
  kind: KindDefinition<Spec>;
  input: unknown;
  request: StartRequest | undefined;
  continuation?: Continuation | undefined;
}

/** Runs the story of a playbook or of a rehearsal, with everything that surrounds it. */
export async function runPlaybook<Spec>(
  start: Start<Spec>,
  story: (run: PlaybookRun<Spec>, spec: Spec) => Promise<Ending>,
): Promise<RunReport> {
  const mailbox = new PlaybookMailbox();
  const run = new PlaybookRun(start, mailbox);
  const acts = {
    verbs: playbookVerbActs<Spec>(mailbox),
    undos: (undone: PlaybookRun<Spec>) => undosOf(undone),
  };
  return runStory(run, acts, (spec) => story(run, spec));
}
