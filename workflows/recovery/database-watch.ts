import { sleep } from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { decideRecovery } from '../../src/policies/recovery/databases/decide-recovery.ts';
import { checkpoint } from '../kernel/checkpoint.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { runStory } from '../kernel/run-story.ts';
import { verbActs } from '../kernel/verb-acts.ts';
import { askPerson } from './support/ask-person.ts';
import { failOver } from './support/fail-over.ts';
import { judgeNews } from './support/judge-news.ts';
import { restartInPlace } from './support/restart-in-place.ts';
import { untilPrimary } from './support/until-primary.ts';
import { untilNews } from './support/until-news.ts';
import { WatchMailbox, WatchRun } from './support/watch-run.ts';

/** Somebody who does not reach a primary that is up must not fill the history. */
const pauseMs = 10_000;

/** Watches the primary of a database from everywhere, until somebody stops it. */
export async function databaseWatch(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const mailbox = new WatchMailbox();
  const run = new WatchRun({ input, request, continuation }, mailbox);
  const verbs = {
    ...verbActs(mailbox),
    acknowledge: (_: unknown, { by, sender }: { by: string; sender: string }) => {
      mailbox.acknowledgements.put(by);
      run.note(`Acknowledged by ${sender}`);
    },
    abort: (_: unknown, { sender }: { sender: string }) => {
      run.interrupt({ outcome: 'Stopped', reason: `Stopped by ${sender}` });
    },
  };
  return runStory(run, { verbs, undos: () => ({}) }, async () => {
    run.open();
    for (;;) {
      const primary = await untilPrimary(run);
      const watches = await untilNews(run, primary);
      try {
        const judged = await judgeNews(run, primary, watches);
        const decision = decideRecovery(judged, run.plan, run.memory, Date.now());
        if (decision.act === 'restart') await restartInPlace(run, primary, judged);
        if (decision.act === 'fail-over') await failOver(run, primary, judged);
        if (decision.act === 'ask') await askPerson(run, primary, decision.why);
        if (decision.act === 'watch') await sleep(pauseMs, { summary: 'it is up' });
      } finally {
        watches.stop();
      }
      await checkpoint(run, run.memory);
    }
  });
}
