import { setTimeout as sleep } from 'node:timers/promises';
import { PartError } from '../../contracts/kernel/part-error.ts';
import { currentAttempt } from '../attempts/current-attempt.ts';
import { getIfThere, isNotFound } from '../chaos/cluster-objects.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import type { NamedObject } from '../playbooks/kubernetes/object-name.ts';

/** When a deletion was last called to mind. */
const wokenAnnotation = 'belay.dev/chaos-woken';
/** Its controller takes an outage back within a second. */
const goneWithinMs = 5_000;
const pollMs = 200;

/** Deletes a PodChaos, and returns once its controller has taken the outage back. `uid`: only that very one. */
export async function takeBack(
  cluster: PlaybookCluster,
  object: NamedObject,
  uid?: string,
): Promise<void> {
  const find = async () => {
    const found = await getIfThere(cluster, object);
    return uid === undefined || found?.metadata.uid === uid ? found : undefined;
  };
  const before = await find();
  if (before === undefined) return;
  if (before.metadata.deletionTimestamp !== undefined) await wake(cluster, object);
  await cluster.remove(object, String(before.metadata.uid), false);
  const deadlineMs = performance.now() + goneWithinMs;
  while ((await find()) !== undefined) {
    if (performance.now() >= deadlineMs) {
      const title = `PodChaos ${object.namespace}/${object.name}`;
      throw new PartError('unavailable', `Chaos Mesh has not taken ${title} back yet`);
    }
    await sleep(pollMs, undefined, { signal: currentAttempt()?.signal });
  }
}

/**
 * A controller that starts meets its own webhooks before they answer, and forgets the object whose update they refused:
 * only another write has it look again.
 */
async function wake(cluster: PlaybookCluster, object: NamedObject): Promise<void> {
  const annotations = { [wokenAnnotation]: new Date().toISOString() };
  try {
    await cluster.merge(object, { metadata: { annotations } }, false);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
