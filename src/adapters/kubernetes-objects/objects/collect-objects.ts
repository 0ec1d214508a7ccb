import type { DynamicApi } from '../../kubernetes-api/dynamic/dynamic-api.ts';
import type { ApiResource, KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { KubernetesSource } from '../../../contracts/backups/source.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { cleanObject } from './clean-object.ts';
import { leaveOut, type Surroundings } from './judge-object.ts';
import { isKept, isPassingGroup } from './judge-resource.ts';
import type { StoredObject } from './stored-object.ts';

export interface Collected {
  objects: StoredObject[];
  leftOut: Record<string, number>;
  /** Why it is not everything; empty: it is. */
  failures: string[];
}

type Selected = Pick<KubernetesSource, 'namespaces' | 'labels' | 'secrets'>;

const namespaceResource: ApiResource = {
  ...{ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
  ...{ isNamespaced: false, verbs: ['get'] },
};

/**
 * Everything that these namespaces have, without what a cluster makes by itself. Every kind is a part
 * of its own: one that cannot be read is a failure of the whole, named.
 */
export async function collectObjects(api: DynamicApi, selected: Selected): Promise<Collected> {
  const { resources, failed } = await api.discover();
  const collected: Collected = {
    objects: [],
    leftOut: {},
    failures: failed
      .filter(({ group }) => !isPassingGroup(group))
      .map(({ group, why }) => `the kinds of ${group} are not known: ${why}`),
  };
  for (const namespace of selected.namespaces) {
    await collectNamespace(api, { resources, namespace, selected }, collected);
  }
  return collected;
}

async function collectNamespace(
  api: DynamicApi,
  {
    resources,
    namespace,
    selected,
  }: { resources: ApiResource[]; namespace: string; selected: Selected },
  collected: Collected,
): Promise<void> {
  const own = await orFailure(collected, () => api.get(namespaceResource, undefined, namespace));
  if (own === 'failed') return;
  if (own === undefined) {
    collected.failures.push(`there is no namespace ${namespace}`);
    return;
  }
  collected.objects.push({ resource: namespaceResource, object: cleanObject(own) });
  const kept = resources.filter(isKept);
  const wanted = selected.secrets
    ? kept
    : kept.filter(({ group, plural }) => group !== '' || plural !== 'secrets');
  const listed = await Promise.all(
    wanted.map(async (resource) => ({
      resource,
      found: await orFailure(collected, () => api.list(resource, namespace, selected.labels)),
    })),
  );
  const surroundings = surroundingsOf(listed, selected.secrets);
  for (const { resource, found } of listed) {
    if (found === 'failed') continue;
    for (const object of found) {
      const why = leaveOut(resource, object, surroundings);
      if (why === undefined) collected.objects.push({ resource, object: cleanObject(object) });
      else count(collected.leftOut, `${resource.kind}: ${why}`);
    }
  }
}

async function orFailure<T>(
  { failures }: Collected,
  read: () => Promise<T>,
): Promise<T | 'failed'> {
  try {
    return await read();
  } catch (error) {
    // What another attempt may read is no failure of the whole.
    if (!(error instanceof PlatformError) || error.code === 'unavailable') throw error;
    failures.push(error.message);
    return 'failed';
  }
}

function surroundingsOf(
  listed: readonly { resource: ApiResource; found: KubernetesObject[] | 'failed' }[],
  secrets: boolean,
): Surroundings {
  const services = listed.find(
    ({ resource: { group, plural } }) => group === '' && plural === 'services',
  )?.found;
  const without = (services === 'failed' ? [] : (services ?? [])).filter(({ spec }) => {
    const { selector = {} } = (spec ?? {}) as { selector?: object };
    return Object.keys(selector).length === 0;
  });
  const names = without.map(({ metadata }) => metadata.name);
  return { servicesWithoutSelector: new Set(names), secrets };
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
