import type { ChaosMesh } from '../../contracts/chaos/mesh-faults.ts';
import type { PodSelection } from '../../specs/chaos/pod-selection.ts';
import { getPod } from '../chaos/cluster-objects.ts';
import { listPods, refuseRight, wantedBy } from '../chaos/pod-objects.ts';
import type { PlaybookClusters } from '../playbooks/kubernetes/cluster.ts';
import { listServedKinds, resourceOf } from './kinds.ts';
import { listEverywhere } from './list-everywhere.ts';
import { findOutage, injectOutage, rehearseOutage, removeOutage } from './outages.ts';
import { readMeshObject, readMeshPod } from './read-mesh-object.ts';

/** Chaos Mesh in the clusters that workers may work on, by the objects that its controller carries out. */
export function openChaosMesh(clusters: PlaybookClusters): ChaosMesh {
  const clusterOf = ({ context, namespace }: PodSelection) => clusters.of(context, namespace);
  return {
    listPods: async (selection) =>
      (await listPods(await clusterOf(selection), selection)).map(readMeshPod),

    findPod: async (pod) => {
      const found = await getPod(await clusterOf(pod), pod);
      return found && readMeshPod(found);
    },

    wanted: async (pod) => wantedBy(await clusterOf(pod), pod),

    listKinds: async (selection) => listServedKinds(await clusterOf(selection)),

    refuseRight: async (selection, right, within) => {
      const { namespace } = selection;
      return refuseRight(
        await clusterOf(selection),
        right,
        within === 'cluster' ? undefined : namespace,
      );
    },

    listObjects: async (selection, kinds) => {
      const cluster = await clusterOf(selection);
      const lists = await Promise.all(
        kinds.map(async (plural) => {
          const { kind } = resourceOf(plural);
          return (await listEverywhere(cluster, plural)).map((each) => readMeshObject(kind, each));
        }),
      );
      return lists.flat();
    },

    rehearse: async (order) => rehearseOutage(await clusterOf(order.target.pod), order),
    inject: async (order, admit) => injectOutage(await clusterOf(order.target.pod), order, admit),
    findOutage: async (call) => findOutage(await clusterOf(call.target.pod), call),
    remove: async (call) => removeOutage(await clusterOf(call.target.pod), call),
  };
}
