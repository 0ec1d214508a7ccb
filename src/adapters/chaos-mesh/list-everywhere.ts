import { pathOfResource, type KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { resourceOf } from './kinds.ts';

const pageSize = '500';

/** All objects of a kind of Chaos Mesh, in every namespace. */
export async function listEverywhere(
  cluster: PlaybookCluster,
  plural: string,
): Promise<KubernetesObject[]> {
  const path = pathOfResource(resourceOf(plural), undefined);
  const found: KubernetesObject[] = [];
  let next = '';
  do {
    const query = { limit: pageSize, ...(next !== '' && { continue: next }) };
    const answer = await cluster.ask({ method: 'GET', path, query, what: `list all ${plural}` });
    const { items = [], metadata } = answer as {
      items?: KubernetesObject[];
      metadata?: { continue?: string };
    };
    found.push(...items);
    next = metadata?.continue ?? '';
  } while (next !== '');
  return found;
}
