import type { PodAct } from '../../contracts/chaos/pod-faults.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { getPod, objectOf } from './cluster-objects.ts';
import { readPod } from './read-pod.ts';

/** The kubelet writes a pod whenever something changes in it. */
export const mostWrites = 8;
/** Where a pod keeps the act that it was spared by: later attempts of that act are refused. */
const sparedAnnotation = 'belay.dev/chaos-spared';

export async function sparePod(cluster: PlaybookCluster, { act, pod }: PodAct): Promise<void> {
  for (let attempt = 1; attempt <= mostWrites; attempt += 1) {
    const present = await getPod(cluster, pod);
    // One that ends cannot be deleted once more.
    if (present === undefined || readPod(present).isEnding || isSpared(present, act)) return;
    const { resourceVersion } = present.metadata;
    const annotations = { [sparedAnnotation]: `${act.runRef}/${act.step}` };
    const patch = { metadata: { resourceVersion, annotations } };
    if ((await cluster.merge(objectOf(pod), patch, false)) !== 'conflict') return;
  }
  throw new PartError('unavailable', `others write ${pod.namespace}/${pod.name} all the time`);
}

/** Steps are times, so a later one of any run is later. */
export function isSpared(
  { metadata: { annotations = {} } }: KubernetesObject,
  act: RunStep,
): boolean {
  const written = annotations[sparedAnnotation];
  if (written === undefined) return false;
  return Number(written.slice(written.lastIndexOf('/') + 1)) >= act.step;
}
