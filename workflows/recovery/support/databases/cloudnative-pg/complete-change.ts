import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import {
  describeCluster,
  describeInstance,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import {
  whyNoPrimary,
  whyNotServed,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-service.ts';
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
  await countStandbys(run, facts, primary);
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
async function countStandbys<Spec>(
  run: DatabaseRun<Spec>,
  known: PostgresClusterFacts,
  primary: string,
): Promise<void> {
  const isWhole = ({ ready, wanted }: PostgresClusterFacts) => ready >= wanted;
  await takeStep(run, 'count the standbys that are ready', async ({ prove }) => {
    const seen = await awaitCluster(run, known, {
      isReached: (facts) => facts.atMs !== known.atMs && isWhole(facts),
      ...{ withinMs: wholeWithinMs, everyMs },
    });
    const standbys = seen.instances.filter(({ name, isReady }) => isReady && name !== primary);
    run.found.streaming = standbys.map(({ name }) => name);
    prove({
      ...{ what: 'ready', source: clusterOf(run.plan).called, threshold: `${seen.wanted}` },
      value: `${seen.ready}: ${[primary, ...run.found.streaming].join(', ')}`,
    });
    if (isWhole(seen)) run.stamp('redundancyBackAtMs');
    else
      run.note(
        `${seen.ready} of ${seen.wanted} instances are ready: \`kubectl cnpg status ${seen.name}\``,
      );
  });
}
