import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type {
  ClusterApi,
  Kind,
  ObjectByKind,
  ObjectRef,
} from '../../kubernetes-api/cluster-api.ts';
import { TestFailed } from '../../kubernetes-api/cluster-api.ts';
import { readFence, requireFence } from './fence-record.ts';
import { nameOf } from './fenced-patch.ts';

const attempts = 5;

/**
 * Deletes one object only in the state that was checked: a delayed delete is refused if another act has
 * written since. `check` throws if the object must stay. It is a success if the object is gone.
 * Idempotent. Throws `stale-fence`, `unavailable`.
 */
export async function removeFenced<K extends Kind>(
  api: ClusterApi,
  ref: ObjectRef<K>,
  fence: Fence,
  check: (object: ObjectByKind[K]) => void = () => {},
): Promise<void> {
  let object = await api.get(ref);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { uid, resourceVersion } = object?.metadata ?? {};
    if (object === undefined || uid === undefined) return;
    requireFence(readFence(object.metadata), fence, nameOf(ref));
    check(object);
    try {
      await api.remove(ref, { uid, resourceVersion });
      return;
    } catch (error) {
      if (!(error instanceof TestFailed)) throw error;
      object = await api.getLive(ref);
    }
  }
  throw new PlatformError(
    'unavailable',
    `${nameOf(ref)} was changed by others during each of ${attempts} attempts to delete it`,
  );
}
