import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';

interface Condition {
  type: string;
  [field: string]: unknown;
}

/**
 * What `kubectl cnpg promote` writes (1.30), as a JSON merge patch of the status. It is refused where the
 * Cluster has been written since it had this resourceVersion.
 */
export function promotionPatch(
  cluster: KubernetesObject,
  { to, resourceVersion, atMs }: { to: string; resourceVersion: string; atMs: number },
): object {
  const { conditions = [] } = (cluster['status'] ?? {}) as { conditions?: Condition[] };
  const at = new Date(atMs).toISOString();
  const notReady = {
    ...{ type: 'Ready', status: 'False', reason: 'ClusterIsNotReady' },
    ...{ message: 'Cluster Is Not Ready', lastTransitionTime: `${at.slice(0, 19)}Z` },
  };
  return {
    metadata: { resourceVersion },
    status: {
      targetPrimary: to,
      targetPrimaryTimestamp: at.replace('Z', '000Z'),
      phase: 'Switchover in progress',
      phaseReason: `Switching over to ${to}`,
      conditions: [...conditions.filter(({ type }) => type !== 'Ready'), notReady],
    },
  };
}
