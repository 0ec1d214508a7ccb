import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { titleOf, versionOf, type ApiResource } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { DynamicApi } from '../../kubernetes-api/dynamic/dynamic-api.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import { copyLabel, labelOf } from './plan-restore.ts';

export const fieldManager = 'belay-restore';

interface Rehearsal {
  objects: readonly StoredObject[];
  /** Of a drill: what is there already has to be its own. */
  copy?: string | undefined;
}

/** Every reason why these would not be applied, from the cluster itself; nothing is written. */
export async function rehearse(api: DynamicApi, { objects, copy }: Rehearsal): Promise<string[]> {
  const { resources } = await api.discover();
  const names = new Set(objects.map(({ object }) => object.metadata.name));
  const refusals = new Set<string>();
  for (const { resource, object } of objects) {
    const { name, namespace } = object.metadata;
    const title = titleOf(resource, namespace, name);
    if (!isServed(resource, resources)) {
      refusals.add(
        `the cluster has no ${resource.kind} of ${versionOf(resource)}: install its definition`,
      );
      continue;
    }
    if (copy !== undefined) {
      const there = await api.get(resource, namespace, name);
      if (
        there &&
        there.metadata.labels?.[copyLabel] !== labelOf(copy) &&
        !isMadeForAll(resource, name)
      ) {
        refusals.add(`${title} is there already, and not of this drill`);
        continue;
      }
    }
    try {
      await api.apply(resource, object, { fieldManager, dryRun: true });
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code === 'unavailable') throw error;
      if (!isOfTheSet(error, names)) refusals.add(error.message);
    }
  }
  return [...refusals];
}

function isServed(wanted: ApiResource, served: readonly ApiResource[]): boolean {
  return served.some(
    ({ group, version, plural }) =>
      group === wanted.group && version === wanted.version && plural === wanted.plural,
  );
}

/** Of every namespace: its service account. */
function isMadeForAll({ kind, group }: ApiResource, name: string): boolean {
  return kind === 'ServiceAccount' && group === '' && name === 'default';
}

/** What is not found is applied before it, once it is not a rehearsal. */
function isOfTheSet({ message }: PlatformError, names: ReadonlySet<string>): boolean {
  const missing = /"(?<name>[^"]+)" not found/.exec(message)?.groups?.['name'];
  return missing !== undefined && names.has(missing.split('/').at(-1) ?? '');
}
