import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type {
  ClusterApi,
  Kind,
  ObjectByKind,
  ObjectRef,
  PatchStep,
} from '../../kubernetes-api/cluster-api.ts';
import { TestFailed } from '../../kubernetes-api/cluster-api.ts';
import { formatFence, readFence, requireFence } from './fence-record.ts';
import { annotations, metadataPath } from './names.ts';

/** How often an object that others write at the same time is read and tried again. */
const attempts = 5;

/**
 * Writes one object with one request that also leaves the fence; the API server refuses it if another
 * act has written since the object was read. `build` returns what to write for the current object, and
 * throws if it must not be written; it is called again with the live object each time a test fails. It
 * may rely on `/metadata/annotations`. `[]` writes only the fence, `'as-wanted'` writes nothing.
 * Idempotent. Throws `stale-fence`, `not-found`, `unavailable`.
 */
export async function patchFenced<K extends Kind>(
  api: ClusterApi,
  ref: ObjectRef<K>,
  fence: Fence,
  build: (object: ObjectByKind[K]) => PatchStep[] | 'as-wanted',
): Promise<ObjectByKind[K]> {
  let object = (await api.get(ref)) ?? (await api.getLive(ref));
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (object === undefined) throw notFound(ref);
    requireFence(readFence(object.metadata), fence, nameOf(ref));
    const steps = build(object);
    if (steps === 'as-wanted' || (steps.length === 0 && hasFence(object.metadata, fence))) {
      return object;
    }
    try {
      return await api.patch(ref, [...fenceSteps(object.metadata, fence), ...steps]);
    } catch (error) {
      if (!(error instanceof TestFailed)) throw error;
      object = await api.getLive(ref);
    }
  }
  throw new PlatformError(
    'unavailable',
    `${nameOf(ref)} was changed by others during each of ${attempts} attempts to write it`,
  );
}

/** An object as kubectl names it: "services shop/checkout". */
export function nameOf({ kind, namespace, name }: ObjectRef<Kind>): string {
  return `${kind} ${namespace}/${name}`;
}

function fenceSteps(metadata: V1ObjectMeta | undefined, fence: Fence): PatchStep[] {
  const uid: PatchStep = { op: 'test', path: '/metadata/uid', value: metadata?.uid };
  const value = formatFence(fence);
  if (metadata?.annotations === undefined) {
    return [
      uid,
      { op: 'test', path: '/metadata/annotations', value: null },
      { op: 'add', path: '/metadata/annotations', value: { [annotations.fence]: value } },
    ];
  }
  const path = metadataPath('annotations', annotations.fence);
  const stored = metadata.annotations[annotations.fence] ?? null;
  return [uid, { op: 'test', path, value: stored }, { op: 'add', path, value }];
}

function hasFence(metadata: V1ObjectMeta | undefined, fence: Fence): boolean {
  return metadata?.annotations?.[annotations.fence] === formatFence(fence);
}

function notFound(ref: ObjectRef<Kind>): PlatformError {
  return new PlatformError('not-found', `there is no ${nameOf(ref)}`);
}
