import { defineUpdate, setHandler } from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { claimLeaseUpdate } from '../../src/contracts/recovery/lease-word.ts';
import type { SeenPrimary } from '../../src/specs/recovery/failover.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { runStory } from '../kernel/run-story.ts';
import { verbActs } from '../kernel/verb-acts.ts';
import { checkpointWatch } from './support/databases/checkpoint-watch.ts';
import { watchCluster } from './support/databases/cloudnative-pg/watch-cluster.ts';
import { watchManaged } from './support/databases/managed/watch-managed.ts';
import { respondToMissed, respondToNews } from './support/databases/respond-to-news.ts';
import { untilPrimary } from './support/databases/until-primary.ts';
import { untilNews } from './support/databases/until-news.ts';
import { WatchMailbox, WatchRun } from './support/databases/watch-run.ts';

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
  setHandler(
    defineUpdate<SeenPrimary | null, [string]>(claimLeaseUpdate),
    (node) => run.claimLease?.(node) ?? null,
  );
  return runStory(run, { verbs, undos: () => ({}) }, async () => {
    run.open();
    if (run.plan.cloudnativepg !== undefined) return watchCluster(run);
    if (run.plan.manager !== undefined) return watchManaged(run);
    for (let primary = (await respondToMissed(run)) ?? run.watched; ;) {
      primary = await untilPrimary(run, primary);
      const watches = await untilNews(run, primary);
      try {
        await respondToNews(run, primary, watches);
      } finally {
        watches.stop();
      }
      await checkpointWatch(run);
    }
  });
}
