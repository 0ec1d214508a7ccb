import { titleOf } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { DynamicApi } from '../../kubernetes-api/dynamic/dynamic-api.ts';
import { differences } from './compare-objects.ts';
import type { AppliedObject } from './copy-record.ts';

const mostPaths = 5;

/** How what the cluster has now differs from what was applied, one line for each object. */
export async function readBack(
  api: DynamicApi,
  objects: readonly AppliedObject[],
  key: string,
): Promise<string[]> {
  const differing: string[] = [];
  for (const { resource, namespace, name, applied } of objects) {
    const title = titleOf(resource, namespace, name);
    const there = await api.get(resource, namespace, name);
    const paths = there && differences(applied, there, key);
    if (paths === undefined) differing.push(`${title} is missing`);
    else if (paths.length > 0) {
      const more = paths.length > mostPaths ? ` and ${paths.length - mostPaths} more` : '';
      differing.push(`${title} differs at ${paths.slice(0, mostPaths).join(', ')}${more}`);
    }
  }
  return differing;
}
