import type { FrontsInClusters, LeftFront } from '../../../contracts/chaos/left-fronts.ts';
import {
  pathOfResource,
  type KubernetesObject,
} from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster, PlaybookClusters } from '../../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../../playbooks/kubernetes/object-name.ts';
import { readMaker } from '../made-by.ts';
import { refuseRight } from '../pod-objects.ts';
import { frontLabels, trackLabel } from './front-objects.ts';

const pods = resourceNamed('pod');
const toList = { verb: 'list', group: '', resource: 'pods' } as const;
const labelSelector = `${trackLabel}=${frontLabels[trackLabel]}`;

/** `namespaces`: those that the workers are confined to; absent: they look everywhere. */
export function openFrontsInClusters(
  clusters: PlaybookClusters,
  { installation, namespaces }: { installation: string; namespaces?: readonly string[] },
): FrontsInClusters {
  return {
    list: async (context) => {
      const cluster = await clusters.of(context);
      const places = namespaces ?? [undefined];
      const found = await Promise.all(places.map((each) => listIn(cluster, each)));
      return found.flat().flatMap((object): LeftFront[] => {
        const maker = readMaker(object);
        if (maker?.installation !== installation) return [];
        const { owner, subject } = maker;
        const { namespace = '', name, uid = '' } = object.metadata;
        const own = { owner, subject, namespace, name, uid };
        return [{ ...own, ...(context !== undefined && { context }) }];
      });
    },

    remove: async ({ context, namespace, name, uid }) => {
      const cluster = await clusters.of(context, namespace);
      await cluster.remove({ resource: pods, namespace, name }, uid, false);
    },
  };
}

async function listIn(
  cluster: PlaybookCluster,
  namespace: string | undefined,
): Promise<KubernetesObject[]> {
  if ((await refuseRight(cluster, toList, namespace)) !== undefined) return [];
  if (namespace !== undefined) return cluster.list(pods, namespace, { labelSelector });
  const query = { labelSelector, limit: '500' };
  const path = pathOfResource(pods, undefined);
  const answer = await cluster.ask({
    method: 'GET',
    path,
    query,
    what: 'list the fronts of tracks',
  });
  return (answer as { items?: KubernetesObject[] }).items ?? [];
}
