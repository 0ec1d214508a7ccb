import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ApiResource } from './api-resource.ts';
import type { DynamicAsk } from './dynamic-requests.ts';

interface GroupList {
  groups: { name: string; preferredVersion: { version: string } }[];
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/** Every kind that the server has, each in the version that it prefers; `failed`: groups that do not answer. */
export async function discover(
  ask: DynamicAsk,
  cancelled: AbortSignal,
): Promise<{ resources: ApiResource[]; failed: { group: string; why: string }[] }> {
  const what = 'list its kinds of objects';
  const { groups } = (await ask({ method: 'GET', path: '/apis', what }, cancelled)) as GroupList;
  const named = groups.map(({ name, preferredVersion: { version } }) => ({ group: name, version }));
  const failed: { group: string; why: string }[] = [];
  const found = await Promise.all(
    [{ group: '', version: 'v1' }, ...named].map(async ({ group, version }) => {
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      try {
        const call = {
          method: 'GET',
          path,
          what: `list the kinds of ${group || 'its core'}`,
        } as const;
        return readResources((await ask(call, cancelled)) as ResourceList, { group, version });
      } catch (error) {
        if (!(error instanceof PlatformError) || group === '') throw error;
        failed.push({ group, why: error.message });
        return [];
      }
    }),
  );
  return { resources: found.flat(), failed };
}

function readResources(
  { resources }: ResourceList,
  at: { group: string; version: string },
): ApiResource[] {
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({
      ...at,
      ...{ plural: name, kind, isNamespaced: namespaced, verbs },
    }));
}
