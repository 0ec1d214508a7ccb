import { mostPods, type NeededRight, type PodName } from '../../contracts/chaos/pod-faults.ts';
import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../playbooks/kubernetes/object-name.ts';
import { getController } from './cluster-objects.ts';

/** Those with these labels, one more than `mostPods` at most. */
export function listPods(
  cluster: PlaybookCluster,
  { namespace, labels }: PodSelection,
): Promise<KubernetesObject[]> {
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const limit = String(mostPods + 1);
  return cluster.list(resourceNamed('pod'), namespace, { labelSelector, limit });
}

/** Why the API server would not let this worker do that; undefined where it would. Without a namespace: in all of them. */
export async function refuseRight(
  cluster: PlaybookCluster,
  { verb, group, resource }: NeededRight,
  namespace: string | undefined,
): Promise<string | undefined> {
  const asked = { verb, group, resource, namespace: namespace ?? '' };
  const { allowed, reason } = await cluster.mayI(asked);
  if (allowed) return undefined;
  const what = group.includes('.') ? `${resource}.${group}` : resource;
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  const why = reason === '' ? '' : ` (${reason})`;
  return `the account of this worker may not ${verb} ${what} in ${where}${why}`;
}

/** How many pods its controller wants; 0 where it is gone. */
export async function wantedBy(cluster: PlaybookCluster, pod: PodName): Promise<number> {
  const present = await getController(cluster, pod);
  return present === undefined ? 0 : wantedOf(present);
}

function wantedOf({ kind, spec, status }: KubernetesObject & Record<string, unknown>): number {
  const { replicas = 1 } = (spec ?? {}) as { replicas?: number };
  const { desiredNumberScheduled = 0 } = (status ?? {}) as { desiredNumberScheduled?: number };
  return kind === 'DaemonSet' ? desiredNumberScheduled : replicas;
}
