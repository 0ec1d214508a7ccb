import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { KindDefinition } from '../../../src/kinds/kind.ts';
import type { BackupPlan } from '../../../src/specs/backups/plan.ts';
import type { Ending } from '../../kernel/ending.ts';
import { Mailbox } from '../../kernel/mailbox.ts';
import { runStory } from '../../kernel/run-story.ts';
import { verbActs } from '../../kernel/verb-acts.ts';
import { BackupsRun } from './backups-run.ts';
import { undosOf } from './backup-undos.ts';

/** How a kind of the family finds the plan in its spec, and what it is started with. */
interface Start<Spec> {
  kind: KindDefinition<Spec>;
  planOf: (spec: Spec) => BackupPlan;
  input: unknown;
  request: StartRequest | undefined;
}

/** Runs the story of one kind of the family, with everything that surrounds it. */
export async function runBackups<Spec>(
  { planOf, ...start }: Start<Spec>,
  story: (run: BackupsRun<Spec>, spec: Spec) => Promise<Ending>,
): Promise<RunReport> {
  const mailbox = new Mailbox();
  const run = new BackupsRun(start, mailbox, planOf);
  const acts = {
    verbs: verbActs(mailbox),
    undos: (undone: BackupsRun<Spec>) => undosOf(undone),
  };
  return runStory(run, acts, (spec) => story(run, spec));
}
