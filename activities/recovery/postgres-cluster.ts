import { sleep } from '@temporalio/activity';
import type {
  PostgresClusterActivities,
  PostgresClusterFacts,
  PostgresClusters,
} from '../../src/contracts/recovery/postgres-cluster.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { signatureOf } from '../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';

export function createPostgresClusterActivities(
  clusters: PostgresClusters,
): PostgresClusterActivities {
  return {
    examinePostgresCluster: (address) => mapPartErrors(() => clusters.examine(address)),
    watchPostgresCluster: (call) =>
      mapPartErrors(() => {
        const { known, everyMs, withinMs, ...address } = call;
        const watching = { known, everyMs, withinMs };
        return whileHeartbeating(() => untilChanged(() => clusters.look(address), watching));
      }),
    requestPrimary: (call) => mapPartErrors(() => clusters.request(call)),
  };
}

interface Watching {
  known: string;
  everyMs: number;
  withinMs: number;
}

async function untilChanged(
  look: () => Promise<PostgresClusterFacts>,
  { known, everyMs, withinMs }: Watching,
): Promise<PostgresClusterFacts> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const facts = await look();
    if (signatureOf(facts) !== known || performance.now() >= untilMs) return facts;
    await sleep(everyMs);
  }
}
