import type { LeftOutages, OutagesInClusters } from '../../contracts/chaos/left-outages.ts';
import { meshGroup } from '../../contracts/chaos/mesh-faults.ts';
import { refuseRight } from '../chaos/pod-objects.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookClusters } from '../playbooks/kubernetes/cluster.ts';
import { listServedKinds, podChaos } from './kinds.ts';
import { listEverywhere } from './list-everywhere.ts';
import { readMaker } from './read-mesh-object.ts';
import { takeBack } from './take-back.ts';

const toList = { verb: 'list', group: meshGroup, resource: podChaos.plural } as const;

export function openOutagesInClusters(
  clusters: PlaybookClusters,
  installation: string,
): OutagesInClusters {
  return {
    list: async (context) => {
      const cluster = await clusters.of(context);
      if (!(await listServedKinds(cluster)).includes(podChaos.plural)) return [];
      if ((await refuseRight(cluster, toList, undefined)) !== undefined) return [];
      const found = byRun(await listEverywhere(cluster, podChaos.plural), installation);
      return found.map((left) => ({ ...left, ...(context !== undefined && { context }) }));
    },

    remove: async ({ context, objects }) => {
      await Promise.all(
        objects.map(async ({ namespace, name, uid }) => {
          const cluster = await clusters.of(context, namespace);
          await takeBack(cluster, { resource: podChaos, namespace, name }, uid);
        }),
      );
    },
  };
}

function byRun(found: readonly KubernetesObject[], installation: string): LeftOutages[] {
  const runs = new Map<string, LeftOutages>();
  for (const object of found) {
    const maker = readMaker(object);
    if (maker?.installation !== installation) continue;
    const { owner, subject } = maker;
    const { namespace = '', name, uid = '' } = object.metadata;
    const objects = [...(runs.get(owner.runRef)?.objects ?? []), { namespace, name, uid }];
    runs.set(owner.runRef, { owner, subject, objects });
  }
  return [...runs.values()];
}
