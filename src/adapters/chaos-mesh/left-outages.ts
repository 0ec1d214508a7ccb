import type { LeftOutages, OutagesInClusters } from '../../contracts/chaos/left-outages.ts';
import { meshGroup } from '../../contracts/chaos/mesh-faults.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import { isNotFound } from '../chaos/cluster-objects.ts';
import { readMaker } from '../chaos/made-by.ts';
import { refuseRight } from '../chaos/pod-objects.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster, PlaybookClusters } from '../playbooks/kubernetes/cluster.ts';
import { podChaos } from './kinds.ts';
import { listEverywhere } from './list-everywhere.ts';
import { readController } from './read-mesh-object.ts';
import { takeBack } from './take-back.ts';

const toList = { verb: 'list', group: meshGroup, resource: podChaos.plural } as const;

export function openOutagesInClusters(
  clusters: PlaybookClusters,
  installation: string,
): OutagesInClusters {
  return {
    list: async (context) => {
      const cluster = await clusters.of(context);
      const found = byRun(await listIfAllowed(cluster), installation);
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

/** None where Chaos Mesh is not installed, or this account may not list what it does. Asked again and again: one question is enough. */
async function listIfAllowed(cluster: PlaybookCluster): Promise<KubernetesObject[]> {
  try {
    return await listEverywhere(cluster, podChaos.plural);
  } catch (error) {
    if (isNotFound(error)) return [];
    // Whose credentials have ended is refused, too: that is no answer.
    const isRefused = error instanceof PartError && error.code === 'refused';
    if (isRefused && (await refuseRight(cluster, toList, undefined)) !== undefined) return [];
    throw error;
  }
}

function byRun(found: readonly KubernetesObject[], installation: string): LeftOutages[] {
  const runs = new Map<string, LeftOutages>();
  for (const object of found) {
    const maker = readMaker(object);
    if (maker?.installation !== installation) continue;
    const { owner, subject } = maker;
    const { namespace = '', name, uid = '' } = object.metadata;
    const controller = readController(object);
    const made = { namespace, name, uid, ...(controller !== undefined && { owner: controller }) };
    const objects = [...(runs.get(owner.runRef)?.objects ?? []), made];
    runs.set(owner.runRef, { owner, subject, objects });
  }
  return [...runs.values()];
}
