import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type {
  PostgresClusterFacts,
  PrimaryAnswer,
} from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import { describeCluster } from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import { judgeProgress } from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-progress.ts';
import {
  refuseChange,
  refuseInstance,
  type Change,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/refuse-change.ts';
import { formatDuration } from '../../../../../src/specs/kernel/duration.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { takeStep, type OpenStep } from '../../../../kernel/steps.ts';
import { isRetried } from '../../carry-on.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import { awaitCluster } from './await-cluster.ts';
import { clusterOf } from './cluster-acts.ts';

export interface WantedPrimary {
  from: string;
  to: string;
  change: Change;
  /** As it was judged. */
  facts: PostgresClusterFacts;
}

/** Others write the status of a Cluster now and then: it is read, and judged, once more. */
const mostTries = 5;
/** From the end of the former primary until the next one takes writes. */
const promotesWithinMs = 60_000;

/**
 * The commit point: asks the operator, and waits for what the Cluster shows. Returns who is the primary
 * now; undefined: a person gave it up. Fails where nothing was asked, or nothing came of it.
 */
export async function askForPrimary<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedPrimary,
): Promise<PostgresClusterFacts | undefined> {
  run.requireNotStopped();
  const { to } = wanted;
  return CancellationScope.nonCancellable(() =>
    run.whileUnsettled(async () => {
      const asked = await takeStep(run, `ask the operator to make ${to} the primary`, (step) =>
        ask(run, wanted, step),
      );
      return untilSettled(run, wanted, asked);
    }),
  );
}

async function ask<Spec>(
  run: DatabaseRun<Spec>,
  { from, to, change, facts: judged }: WantedPrimary,
  { prove }: OpenStep,
): Promise<PostgresClusterFacts> {
  const acts = clusterOf(run.plan);
  let facts = judged;
  for (let tries = 1; ; tries += 1) {
    const { resourceVersion } = facts;
    const answer = await answerOf(() => acts.requestPrimary({ from, to, resourceVersion }));
    const threshold = 'no proof';
    prove({ what: 'answered', source: acts.called, value: answer.said, threshold });
    if (answer.is !== 'changed') return facts;
    const again = await acts.examine();
    if (again.facts === undefined) throw refusal(again.refusals.join('; '));
    facts = again.facts;
    const reasons = [
      ...(facts.currentPrimary === from && facts.targetPrimary === from
        ? []
        : [`it is ${describeCluster(facts)} by now: nothing was asked`]),
      ...refuseChange(facts, change),
      ...refuseInstance(to, facts, change),
    ];
    if (tries === mostTries) reasons.push(`others write ${acts.called} all the time`);
    if (reasons.length > 0) throw refusal([...new Set(reasons)].join('; '));
  }
}

/** A request whose answer was lost may have been taken up. */
async function answerOf(
  request: () => Promise<PrimaryAnswer>,
): Promise<PrimaryAnswer | { is: 'unknown'; said: string }> {
  try {
    return await request();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { is: 'unknown', said: reasonOf(error) };
  }
}

/** For as long as it can still happen. Then a person says whether it is waited for longer. */
async function untilSettled<Spec>(
  run: DatabaseRun<Spec>,
  { from, to }: WantedPrimary,
  asked: PostgresClusterFacts,
): Promise<PostgresClusterFacts | undefined> {
  const name = `wait until ${to} is the primary`;
  const withinMs = run.plan.shutdownWithinMs + promotesWithinMs;
  for (;;) {
    const { facts, why } = await takeStep(run, name, ({ prove }) =>
      settle(run, { from, asked, withinMs, prove }),
    );
    if (why === undefined) return facts;
    if (await isRetried(run, name, why)) continue;
    run.commit();
    return undefined;
  }
}

interface Settling {
  from: string;
  asked: PostgresClusterFacts;
  withinMs: number;
  prove: OpenStep['prove'];
}

async function settle<Spec>(
  run: DatabaseRun<Spec>,
  { from, asked, withinMs, prove }: Settling,
): Promise<{ facts: PostgresClusterFacts; why?: string }> {
  const facts = await awaitCluster(run, asked, {
    withinMs,
    isReached: (seen) => {
      const progress = judgeProgress(seen);
      return progress.is === 'settled' ? progress.primary !== from : progress.is === 'blocked';
    },
  });
  prove({ what: 'Cluster', source: clusterOf(run.plan).called, value: describeCluster(facts) });
  const progress = judgeProgress(facts);
  const waited = formatDuration(withinMs);
  if (progress.is === 'changing') return { facts, why: `${progress.why}, ${waited} later` };
  if (progress.is === 'blocked') return { facts, why: progress.why };
  if (progress.primary !== from) return { facts };
  throw refusal(
    `${from} is still the primary ${waited} after the operator was asked: see its log, and whether it runs`,
  );
}
