import { openPostgresClusters } from '../src/adapters/cloudnative-pg/open-clusters.ts';
import { openPlaybookClusters } from '../src/adapters/playbooks/kubernetes/cluster.ts';
import type { Config } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import type { PostgresClusters } from '../src/contracts/recovery/postgres-cluster.ts';

/** The Clusters of CloudNativePG that this worker may ask; nothing is connected to before it is asked. */
export function openCloudNativePg(
  { kubernetes: { kubeconfig, contexts, namespaces } }: Pick<Config, 'kubernetes'>,
  guardOf: GuardOf,
): { clusters: PostgresClusters; close(): void } {
  const kubernetes = openPlaybookClusters({
    ...{ contexts, guardOf, version: packageVersion() },
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(namespaces !== undefined && { namespaces }),
  });
  return { clusters: openPostgresClusters(kubernetes), close: () => kubernetes.close() };
}
