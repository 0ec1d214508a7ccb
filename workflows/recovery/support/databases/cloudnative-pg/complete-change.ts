import { isCancellation, sleep } from '@temporalio/workflow';
import type {
  Instance,
  PostgresClusterFacts,
} from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import {
  describeCluster,
  describeInstance,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import {
  describeSilentWriter,
  whyNotProven,
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
/** A server that does not answer at once may be busy with its first checkpoint. */
const mostAsked = 5;
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
  let known = facts;
  await carryOn(run, `prove that ${primary} serves`, async ({ prove }) => {
    const source = clusterOf(run.plan).called;
    const served = await awaitCluster(run, known, {
      isReached: (seen) =>
        whyNotServed(seen, primary) === undefined || seen.currentPrimary !== primary,
      ...{ withinMs: servesWithinMs, everyMs },
    });
    prove({ what: 'Cluster', source, value: describeCluster(served) });
    requirePrimary(served, primary);
    const servedAtMs = Date.now();
    const { facts: asked, mayAsk } = await askServers(run, primary);
    known = asked;
    requirePrimary(asked, primary);
    if (mayAsk) {
      const instance = asked.instances.find(({ name }) => name === primary);
      const value = instance === undefined ? 'not there' : describeInstance(instance, asked);
      prove({ what: primary, source, value });
      const why = whyNotProven(asked, primary);
      if (why !== undefined) throw refusal(why);
    } else {
      run.note(`the server of ${primary} was not asked: no right to`);
    }
    run.stamp('routedAtMs', servedAtMs);
  });
  await countStandbys(run, primary);
}

/** What is seen now, with the word of the server of this primary where it may be asked. */
async function askServers<Spec>(
  run: DatabaseRun<Spec>,
  primary: string,
): Promise<{ facts: PostgresClusterFacts; mayAsk: boolean }> {
  for (let asked = 1; ; asked += 1) {
    const { facts, refusals, notes } = await clusterOf(run.plan).examine();
    if (facts === undefined) throw refusal(refusals.join('; '));
    const instance = facts.instances.find(({ name }) => name === primary);
    const mayAsk = notes.length === 0;
    const isSilent = instance?.whyNoServer !== undefined;
    if (!isSilent || asked === mostAsked) return { facts, mayAsk };
    await sleep(everyMs);
  }
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
    let seen: Awaited<ReturnType<typeof seeStandbys>>;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      seen = await seeStandbys(run, primary);
      const isWhole = seen !== undefined && seen.standbys.length >= seen.wanted;
      if (isWhole || Date.now() >= untilMs) break;
      await sleep(pauseMs);
    }
    const { standbys = [], wanted = '?' } = seen ?? {};
    run.found.streaming = standbys.map(({ name }) => name);
    const value = standbys.map(describeStandby).join(', ') || 'none';
    const source = clusterOf(run.plan).called;
    prove({ what: 'streaming', source, value, threshold: `${wanted} standbys` });
    if (typeof wanted === 'number' && standbys.length >= wanted) run.stamp('redundancyBackAtMs');
    else run.note(`${standbys.length} of ${wanted} standbys stream from ${primary}`);
    const { from = primary } = run.found;
    const former = seen?.instances.find(({ name }) => name === from);
    if (from !== primary && former?.server === undefined) {
      run.note(describeSilentWriter(former ?? { name: from }));
    }
  });
}

function describeStandby({ name, server }: Instance): string {
  return server === undefined ? `${name} (ready, not asked)` : name;
}

async function seeStandbys<Spec>(run: DatabaseRun<Spec>, primary: string) {
  try {
    const { facts } = await clusterOf(run.plan).examine();
    if (facts === undefined) return undefined;
    const { instances, wanted } = facts;
    return { standbys: findStandbys(facts, primary), wanted: wanted - 1, instances };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
