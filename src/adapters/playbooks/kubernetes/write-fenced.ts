import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import { fenceAnnotation, judgeFence, writeFence } from './judge-fence.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from './cluster.ts';
import type { NamedObject } from './object-name.ts';

const mostTries = 8;

/**
 * Writes what `patchFor` makes of the object as it is now, together with the fence, in one write that
 * fails if the object was written since. So an attempt that comes after its undo is refused.
 */
export async function writeFenced(
  cluster: PlaybookCluster,
  object: NamedObject,
  act: Fence,
  patchFor: (present: KubernetesObject) => object,
): Promise<KubernetesObject> {
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const present = await cluster.get(object);
    const { annotations = {}, resourceVersion } = present.metadata;
    const standing = judgeFence(annotations[fenceAnnotation], act);
    if (standing === 'repeated') return present;
    if (standing === 'stale') {
      throw new PartError('stale-fence', `a later act of a playbook has changed ${object.name}`);
    }
    const fence = { annotations: { [fenceAnnotation]: writeFence(act) }, resourceVersion };
    const written = await cluster.merge(object, withFence(patchFor(present), fence), false);
    if (written !== 'conflict') return written;
  }
  throw new PartError('unavailable', `others write ${object.name} all the time`);
}

function withFence(
  patch: object,
  fence: { annotations: object; resourceVersion: unknown },
): object {
  const { metadata = {} } = patch as { metadata?: { annotations?: object } };
  return {
    ...patch,
    metadata: {
      ...metadata,
      resourceVersion: fence.resourceVersion,
      annotations: { ...metadata.annotations, ...fence.annotations },
    },
  };
}
