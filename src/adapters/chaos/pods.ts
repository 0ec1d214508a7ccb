import { mostPods, type FaultPods, type PodAct } from '../../contracts/chaos/pod-faults.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster, PlaybookClusters } from '../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../playbooks/kubernetes/object-name.ts';
import { getController, getPod, objectOf } from './cluster-objects.ts';
import { claimIn, writeClaim } from './pod-claims.ts';
import { readPod, runningContainersOf } from './read-pod.ts';

/** As short as the kubelet takes without forgetting the pod before its containers have died. */
const graceSeconds = 1;
/** The kubelet writes a pod whenever something changes in it. */
const mostTries = 8;
/** Where a pod keeps the act that it was spared by: later attempts of that act are refused. */
const sparedAnnotation = 'belay.dev/chaos-spared';

/** The pods of the clusters that workers may work on. */
export function openFaultPods(clusters: PlaybookClusters): FaultPods {
  const clusterOf = ({ context, namespace }: Pick<PodSelection, 'context' | 'namespace'>) =>
    clusters.of(context, namespace);
  return {
    list: async (selection) => {
      const cluster = await clusterOf(selection);
      const labelSelector = Object.entries(selection.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      const limit = String(mostPods + 1);
      const query = { labelSelector, limit };
      const found = await cluster.list(resourceNamed('pod'), selection.namespace, query);
      return found.map(readPod);
    },

    refuseRight: async (selection, { verb, group, resource }) => {
      const cluster = await clusterOf(selection);
      const { namespace } = selection;
      const { allowed, reason } = await cluster.mayI({ verb, group, resource, namespace });
      if (allowed) return undefined;
      const why = reason === '' ? '' : ` (${reason})`;
      return `the account of this worker may not ${verb} ${resource} in namespace ${namespace}${why}`;
    },

    find: async (pod) => {
      const present = await getPod(await clusterOf(pod), pod);
      if (present === undefined) return undefined;
      return { ...readPod(present), runningContainers: runningContainersOf(present) };
    },

    wanted: async (pod) => {
      const present = await getController(await clusterOf(pod), pod);
      return present === undefined ? 0 : wantedOf(present);
    },

    readClaim: async (controller) => {
      const present = await getController(await clusterOf(controller), controller);
      return present && claimIn(present);
    },

    writeClaim: async (controller, change) =>
      writeClaim(await clusterOf(controller), controller, change),

    crash: async (call, isRepeated) => crash(await clusterOf(call.pod), call, isRepeated),

    spare: async (call) => spare(await clusterOf(call.pod), call),
  };
}

/** It was read before it is deleted, and deleted only as it was read: whoever spares it writes it. */
async function crash(
  cluster: PlaybookCluster,
  { act, pod }: PodAct,
  isRepeated: boolean,
): Promise<void> {
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const present = await getPod(cluster, pod);
    if (present === undefined || readPod(present).isEnding) {
      refuseEnded(isRepeated);
      return;
    }
    if (isSpared(present, act)) {
      throw new PartError('stale-fence', `${pod.namespace}/${pod.name} is spared by now`);
    }
    const seen = { uid: pod.uid, resourceVersion: String(present.metadata['resourceVersion']) };
    const outcome = await cluster.end(objectOf(pod), seen, graceSeconds);
    if (outcome === 'ended') return;
    if (outcome === 'gone') {
      refuseEnded(isRepeated);
      return;
    }
  }
  throw new PartError('unavailable', `others write ${pod.namespace}/${pod.name} all the time`);
}

/** An earlier attempt, of which nobody has heard, may be what has ended it. */
function refuseEnded(isRepeated: boolean): void {
  if (!isRepeated) throw new PartError('refused', 'it ended by itself before it was hit');
}

async function spare(cluster: PlaybookCluster, { act, pod }: PodAct): Promise<void> {
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
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
function isSpared({ metadata: { annotations = {} } }: KubernetesObject, act: RunStep): boolean {
  const written = annotations[sparedAnnotation];
  if (written === undefined) return false;
  return Number(written.slice(written.lastIndexOf('/') + 1)) >= act.step;
}

function wantedOf({ kind, spec, status }: KubernetesObject & Record<string, unknown>): number {
  const { replicas = 1 } = (spec ?? {}) as { replicas?: number };
  const { desiredNumberScheduled = 0 } = (status ?? {}) as { desiredNumberScheduled?: number };
  return kind === 'DaemonSet' ? desiredNumberScheduled : replicas;
}
