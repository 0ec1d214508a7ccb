import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { Mailbox } from '../kernel/mailbox.ts';
import { runStory } from '../kernel/run-story.ts';
import { verbActs } from '../kernel/verb-acts.ts';
import { checkpoint } from '../kernel/checkpoint.ts';
import { MonitorRun } from './support/monitor-run.ts';
import { watchUntilNews } from './support/watch-until-news.ts';

/** About a week of a quiet environment. */
const longestHistory = 1_000;

/** Measures all objectives of an environment, until somebody stops it. */
export async function sloMonitor(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const mailbox = new Mailbox();
  const run = new MonitorRun({ input, request, continuation }, mailbox);
  const verbs = {
    ...verbActs(mailbox),
    abort: (_: unknown, { sender }: { sender: string }) => {
      run.interrupt({ outcome: 'Stopped', reason: `Stopped by ${sender}` });
    },
  };
  return runStory(run, { verbs, undos: () => ({}) }, async (spec) => {
    run.open();
    run.enterPhase('working', `Measuring ${spec.objectives.length} objectives`);
    for (;;) {
      run.tell(await watchUntilNews(run, spec));
      await checkpoint(run, () => run.memory, { longestHistory });
    }
  });
}
