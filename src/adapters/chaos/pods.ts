import type { FaultPods, PodAct } from '../../contracts/chaos/pod-faults.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import type { PlaybookCluster, PlaybookClusters } from '../playbooks/kubernetes/cluster.ts';
import { getController, getPod, objectOf } from './cluster-objects.ts';
import { claimIn, writeClaim } from './pod-claims.ts';
import { listPods, refuseRight, wantedBy } from './pod-objects.ts';
import { readPod, runningContainersOf } from './read-pod.ts';
import { isSpared, mostWrites, sparePod } from './spare-pod.ts';

/** As short as the kubelet takes without forgetting the pod before its containers have died. */
const graceSeconds = 1;

/** The pods of the clusters that workers may work on. */
export function openFaultPods(clusters: PlaybookClusters): FaultPods {
  const clusterOf = ({ context, namespace }: Pick<PodSelection, 'context' | 'namespace'>) =>
    clusters.of(context, namespace);
  return {
    list: async (selection) => (await listPods(await clusterOf(selection), selection)).map(readPod),

    refuseRight: async (selection, right) =>
      refuseRight(await clusterOf(selection), right, selection.namespace),

    find: async (pod) => {
      const present = await getPod(await clusterOf(pod), pod);
      if (present === undefined) return undefined;
      return { ...readPod(present), runningContainers: runningContainersOf(present) };
    },

    wanted: async (pod) => wantedBy(await clusterOf(pod), pod),

    readClaim: async (controller) => {
      const present = await getController(await clusterOf(controller), controller);
      return present && claimIn(present);
    },

    writeClaim: async (controller, change) =>
      writeClaim(await clusterOf(controller), controller, change),

    crash: async (call, isRepeated) => crash(await clusterOf(call.pod), call, isRepeated),

    spare: async (call) => sparePod(await clusterOf(call.pod), call),
  };
}

/** It was read before it is deleted, and deleted only as it was read: whoever spares it writes it. */
async function crash(
  cluster: PlaybookCluster,
  { act, pod }: PodAct,
  isRepeated: boolean,
): Promise<void> {
  for (let attempt = 1; attempt <= mostWrites; attempt += 1) {
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
