import { isCancellation, sleep } from '@temporalio/workflow';
import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import {
  describeCluster,
  describeInstance,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import {
  whyNoPrimary,
  whyNotServed,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-service.ts';
import { findStandbys } from '../../../../../src/policies/recovery/databases/cloudnative-pg/find-standbys.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { carryOn } from '../../carry-on.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import { awaitCluster } from './await-cluster.ts';
import { clusterOf } from './cluster-acts.ts';

const servesWithinMs = 60_000;
const everyMs = 1_000;
/** A former primary that has to be copied anew is waited for no longer than this. */
const wholeWithinMs = 120_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Proves by the Service for writes, and by the server itself, that the primary serves; then counts standbys. */
export async function completeChange<Spec>(
  run: DatabaseRun<Spec>,
  facts: PostgresClusterFacts,
  wanted: { to?: string },
): Promise<void> {
  const primary = facts.currentPrimary ?? '';
  run.commit();
  run.found.to = primary;
  run.stamp('promotedAtMs');
  if (wanted.to !== undefined && wanted.to !== primary) {
    run.missing.push(`make ${wanted.to} the primary: the operator chose ${primary}`);
    delete run.found.loss;
  }
  await carryOn(run, `prove that ${primary} serves`, async ({ prove }) => {
    const source = clusterOf(run.plan).called;
    const served = await awaitCluster(run, facts, {
      isReached: (seen) =>
        whyNotServed(seen, primary) === undefined || seen.currentPrimary !== primary,
      ...{ withinMs: servesWithinMs, everyMs },
    });
    prove({ what: 'Cluster', source, value: describeCluster(served) });
    requirePrimary(served, primary);
    run.stamp('routedAtMs');
    const { facts: asked } = await clusterOf(run.plan).examine();
    const instance = asked?.instances.find(({ name }) => name === primary);
    if (asked === undefined || instance?.server === undefined) {
      run.note(`the server of ${primary} was not asked: ${instance?.whyNoServer ?? 'no right to'}`);
      return;
    }
    prove({ what: primary, source, value: describeInstance(instance, asked) });
    requirePrimary(asked, primary);
    const why = whyNoPrimary(asked, primary);
    if (why !== undefined) throw refusal(why);
  });
  await countStandbys(run, primary);
}

function requirePrimary(facts: PostgresClusterFacts, primary: string): void {
  const { currentPrimary, targetPrimary } = facts;
  const why =
    currentPrimary === primary && targetPrimary === primary
      ? whyNotServed(facts, primary)
      : `the Cluster is ${describeCluster(facts)} by now`;
  if (why !== undefined) throw refusal(why);
}

/** A lack of them is a note: the operator goes on trying. */
async function countStandbys<Spec>(run: DatabaseRun<Spec>, primary: string): Promise<void> {
  await takeStep(run, 'count the standbys that stream', async ({ prove }) => {
    const untilMs = Date.now() + wholeWithinMs;
    let seen: { standbys: string[]; wanted: number } | undefined;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      seen = await seeStandbys(run, primary);
      const isWhole = seen !== undefined && seen.standbys.length >= seen.wanted;
      if (isWhole || Date.now() >= untilMs) break;
      await sleep(pauseMs);
    }
    const { standbys = [], wanted = '?' } = seen ?? {};
    run.found.streaming = standbys;
    const value = standbys.join(', ') || 'none';
    const source = clusterOf(run.plan).called;
    prove({ what: 'streaming', source, value, threshold: `${wanted} standbys` });
    if (typeof wanted === 'number' && standbys.length >= wanted) run.stamp('redundancyBackAtMs');
    else run.note(`${standbys.length} of ${wanted} standbys stream from ${primary}`);
  });
}

async function seeStandbys<Spec>(run: DatabaseRun<Spec>, primary: string) {
  try {
    const { facts } = await clusterOf(run.plan).examine();
    return facts && { standbys: findStandbys(facts, primary), wanted: facts.wanted - 1 };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
