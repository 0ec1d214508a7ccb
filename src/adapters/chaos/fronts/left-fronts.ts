import type { FrontsInClusters, LeftFront } from '../../../contracts/chaos/left-fronts.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import {
  pathOfResource,
  type KubernetesObject,
} from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster, PlaybookClusters } from '../../playbooks/kubernetes/cluster.ts';
import { resourceNamed } from '../../playbooks/kubernetes/object-name.ts';
import { readMaker } from '../made-by.ts';
import { refuseRight } from '../pod-objects.ts';
import { frontSelector as labelSelector } from './front-cluster.ts';

const pods = resourceNamed('pod');
const toList = { verb: 'list', group: '', resource: 'pods' } as const;

interface FrontPlaces {
  installation: string;
  /** Workers of this Belay start fronts: what may not be read may have some. */
  makesFronts: boolean;
}

export function openFrontsInClusters(
  clusters: PlaybookClusters,
  { installation, makesFronts }: FrontPlaces,
): FrontsInClusters {
  return {
    list: async (context, namespace) => {
      const cluster = await clusters.of(context, namespace);
      const refused = await refuseRight(cluster, toList, namespace);
      if (refused !== undefined) {
        if (!makesFronts) return [];
        const mend =
          namespace === undefined
            ? 'name the namespaces of the workers in BELAY_KUBERNETES_NAMESPACES, or let them list pods everywhere'
            : 'apply deploy/kubernetes/tracks there';
        throw new PartError(
          'refused',
          `what runs that died have left of two tracks is not known: ${refused}; ${mend}`,
        );
      }
      const found = await listIn(cluster, namespace);
      return found.flatMap((object): LeftFront[] => {
        const maker = readMaker(object);
        if (maker?.installation !== installation) return [];
        const { owner, subject } = maker;
        const { namespace: where = '', name, uid = '' } = object.metadata;
        const own = { owner, subject, namespace: where, name, uid };
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
