import { isCancellation, sleep } from '@temporalio/workflow';
import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { clusterOf } from './cluster-acts.ts';
import type { DatabaseRun } from '../database-run.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/**
 * Watches the Cluster until `isReached`, or until the time is over; returns what was seen last. An API
 * server that does not answer ends nothing.
 */
export async function awaitCluster<Spec>(
  run: DatabaseRun<Spec>,
  known: PostgresClusterFacts,
  {
    isReached,
    withinMs,
    everyMs = 500,
  }: { isReached: (facts: PostgresClusterFacts) => boolean; withinMs: number; everyMs?: number },
): Promise<PostgresClusterFacts> {
  const acts = clusterOf(run.plan);
  const untilMs = Date.now() + withinMs;
  let [last, pauseMs] = [known, firstPauseMs];
  while (!isReached(last)) {
    const leftMs = untilMs - Date.now();
    if (leftMs <= 0) break;
    try {
      last = await acts.watch(last, { everyMs, withinMs: leftMs });
      pauseMs = firstPauseMs;
    } catch (error) {
      if (isCancellation(error)) throw error;
      if (pauseMs === firstPauseMs) {
        run.note(`${acts.called} cannot be read: ${reasonOf(error)}`);
      }
      await sleep(Math.min(pauseMs, Math.max(1, untilMs - Date.now())));
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
  return last;
}
