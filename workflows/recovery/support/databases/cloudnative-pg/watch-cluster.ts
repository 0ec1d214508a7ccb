import {
  CancellationScope,
  condition,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import {
  describeCluster,
  signatureOf,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import {
  judgeWatched,
  noteLeader,
  noteOtherWriters,
  type WatchedCluster,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-watched.ts';
import type { LedBy } from '../../../../../src/policies/recovery/databases/managed/describe-change.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { checkpointWatch } from '../checkpoint-watch.ts';
import type { WatchRun } from '../watch-run.ts';
import { clusterOf } from './cluster-acts.ts';

/** Each look is a request to the API server: a failover of the operator takes longer than this. */
const leastEveryMs = 2_000;
/** A second server that takes writes is seen after this at the latest: servers are asked only then. */
const askServersEveryMs = 600_000;
const quickPauseMs = 2_000;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/** Watches the primary of a Cluster, and tells people: the operator fails over by itself. Ends only where it is stopped. */
export async function watchCluster(run: WatchRun): Promise<never> {
  let changed: PostgresClusterFacts | undefined;
  let latePauseMs = firstPauseMs;
  for (;;) {
    const { facts, watched } = await see(run, changed);
    if (watched.is === 'led') {
      latePauseMs = firstPauseMs;
      await tell(run, watched.led, facts);
      changed = await untilChanged(run, facts, askServersEveryMs);
    } else {
      const { isLate, pauseMs } = run.noteUnled(quickPauseMs);
      if (isLate || watched.isAlarming) run.enterPhase('down', watched.why);
      changed = await untilChanged(run, facts, isLate ? latePauseMs : pauseMs);
      if (isLate) latePauseMs = Math.min(2 * latePauseMs, longestPauseMs);
    }
    run.takeAcknowledgement();
    await checkpointWatch(run);
  }
}

type Judged =
  | { facts: PostgresClusterFacts; watched: WatchedCluster }
  | { facts?: undefined; watched: Extract<WatchedCluster, { is: 'unled' }> };

/** What only servers say, as that two of them take writes, is over only once servers say so. */
async function see(run: WatchRun, changed: PostgresClusterFacts | undefined): Promise<Judged> {
  if (changed === undefined) return examine(run);
  const watched = judgeWatched(changed);
  return watched.is === 'led' && run.isUnled ? examine(run) : { facts: changed, watched };
}

async function examine(run: WatchRun): Promise<Judged> {
  const acts = clusterOf(run.plan);
  try {
    const { facts, refusals } = await acts.examine();
    if (facts !== undefined) {
      run.noteOtherWriters(noteOtherWriters(facts, run.memory.alsoWriting));
      return { facts, watched: judgeWatched(facts, run.memory.alsoWriting) };
    }
    return { watched: { is: 'unled', why: refusals.join('; '), isAlarming: true } };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const why = `${acts.called} cannot be read: ${reasonOf(error)}`;
    return { watched: { is: 'unled', why, isAlarming: false } };
  }
}

/** Once it is another leader than before, or another database. */
async function tell(
  run: WatchRun,
  now: LedBy,
  facts: PostgresClusterFacts | undefined,
): Promise<void> {
  const { change, led } = noteLeader(run.memory.led, now);
  if (change !== undefined) {
    await takeStep(run, change.title, async ({ prove }) => {
      prove({ what: 'primary', source: clusterOf(run.plan).called, value: change.text });
      run.notifier.notify('message', undefined, change);
    });
  }
  run.noteLed(led);
  const shown = facts === undefined ? '' : `: ${describeCluster(facts)}`;
  run.enterPhase('working', `Watching ${led.leader}, the primary${shown}`);
}

/** What has changed; undefined: nothing, or nobody can say. A person who acknowledges ends the wait. */
async function untilChanged(
  run: WatchRun,
  known: PostgresClusterFacts | undefined,
  withinMs: number,
): Promise<PostgresClusterFacts | undefined> {
  const isWanted = () =>
    run.inbox.acknowledgements.value !== undefined || workflowInfo().continueAsNewSuggested;
  if (known === undefined) {
    await condition(isWanted, withinMs);
    return undefined;
  }
  const everyMs = Math.max(leastEveryMs, run.plan.everyMs);
  const scope = new CancellationScope();
  const watched = scope.run(() =>
    clusterOf(run.plan)
      .watch(known, { everyMs, withinMs })
      .catch(async (error: unknown) => {
        if (isCancellation(error)) throw error;
        await sleep(quickPauseMs);
        return known;
      }),
  );
  try {
    const seen = await Promise.race([watched, scope.run(() => condition(isWanted))]);
    if (seen === undefined || typeof seen === 'boolean') return undefined;
    return signatureOf(seen) === signatureOf(known) ? undefined : seen;
  } finally {
    scope.cancel();
    watched.catch(() => undefined);
  }
}
