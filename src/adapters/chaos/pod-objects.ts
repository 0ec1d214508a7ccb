import { mostPods, type NeededRight, type PodName } from '../../contracts/chaos/pod-faults.ts';
import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../playbooks/kubernetes/object-name.ts';
import { getController } from './cluster-objects.ts';

/** Those with these labels, one more than `mostPods` at most. */
export async function listPods(
  cluster: PlaybookCluster,
  { namespace, labels }: PodSelection,
): Promise<KubernetesObject[]> {
  const limit = String(mostPods + 1);
  const labelSelector = (await ofCanary(cluster, namespace, labels)) ?? equalTo(labels);
  return cluster.list(resourceNamed('pod'), namespace, { labelSelector, limit });
}

const track = 'belay.dev/track';
const templateHash = 'pod-template-hash';

/** The ReplicaSet of a canary has the label of its track, its pods have only the hash of that ReplicaSet. */
async function ofCanary(
  cluster: PlaybookCluster,
  namespace: string,
  labels: PodSelection['labels'],
): Promise<string | undefined> {
  if (labels[track] === undefined) return undefined;
  const { [track]: _own, ...others } = labels;
  const labelSelector = equalTo(labels);
  const sets = await cluster.list(resourceNamed('replicaset'), namespace, { labelSelector });
  const hashes = sets.flatMap(({ metadata }) => metadata.labels?.[templateHash] ?? []);
  if (hashes.length === 0) return undefined;
  const selectors = [`${templateHash} in (${hashes.join(',')})`, equalTo(others)];
  return selectors.filter((part) => part !== '').join(',');
}

function equalTo(labels: PodSelection['labels']): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
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
