import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { watchTaskQueue } from '../../../../../src/contracts/kernel/task-queues.ts';
import type {
  PostgresClusterActivities,
  PostgresClusterFacts,
  RequestPrimaryCall,
} from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import { signatureOf } from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import type { ClusterAddress } from '../../../../../src/specs/recovery/cluster-address.ts';

export type ClusterActs = ReturnType<typeof createClusterActs>;

const heartbeatMs = 30_000;
/** Requests to an API server are tried again for so long. */
const requestMs = 40_000;
const budgetMs = 120_000;

/** Everything a run does with one Cluster of CloudNativePG, by a worker. */
export function createClusterActs(address: ClusterAddress) {
  const called = `${address.namespace}/${address.cluster}`;
  const retry = { initialInterval: 500, maximumInterval: 5_000 };
  const acts = proxyActivities<PostgresClusterActivities>({
    ...{ startToCloseTimeout: requestMs, scheduleToCloseTimeout: budgetMs },
    retry,
  });
  return {
    called,

    examine: () =>
      acts.examinePostgresCluster.executeWithOptions({ summary: `examine ${called}` }, [address]),

    /** Until it differs from what is known, or the time is over. */
    watch: (
      known: PostgresClusterFacts,
      { everyMs, withinMs }: { everyMs: number; withinMs: number },
    ) =>
      proxyActivities<PostgresClusterActivities>({
        taskQueue: watchTaskQueue(workflowInfo().taskQueue),
        startToCloseTimeout: withinMs + requestMs,
        scheduleToCloseTimeout: withinMs + budgetMs,
        heartbeatTimeout: heartbeatMs,
        ...{ retry: { maximumAttempts: 2 }, cancellationType: ActivityCancellationType.TRY_CANCEL },
      }).watchPostgresCluster.executeWithOptions({ summary: `watch ${called}` }, [
        { ...address, known: signatureOf(known), everyMs, withinMs },
      ]),

    requestPrimary: (wanted: Omit<RequestPrimaryCall, keyof ClusterAddress>) =>
      acts.requestPrimary.executeWithOptions({ summary: `${wanted.to} is to be the primary` }, [
        { ...address, ...wanted },
      ]),
  };
}

/** Of a plan whose manager is CloudNativePG. */
export function clusterOf({ cloudnativepg }: { cloudnativepg?: ClusterAddress }): ClusterActs {
  if (cloudnativepg === undefined) throw new Error('The plan names no Cluster');
  return createClusterActs(cloudnativepg);
}
