import type { V1ObjectMeta } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Kind, ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { rolloutWorkflowId } from '../../../kinds/locks.ts';
import { readFence } from '../objects/fence-record.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { removeFenced } from '../objects/fenced-removal.ts';
import { annotations, createdLabels, labels } from '../objects/names.ts';
import { unlessGone } from '../routing/is-gone.ts';
import type { Act } from './act.ts';
import { autoscalerOf, releaseAutoscaler } from './autoscaler.ts';
import { canaryServiceOf } from './canary-objects.ts';
import { canaryDeploymentOf, canaryOwnerOf, isCanary } from './canary-workload.ts';
import { releaseServices } from './services.ts';

/**
 * Restores and removes what a rollout left around a Deployment that was deleted, or created again:
 * everything in the namespace with its fence. Objects that another rollout has claimed since are kept.
 */
export async function releaseOrphans(act: Act): Promise<void> {
  const services = await act.api.list('services', act.target.namespace);
  await releaseServices(
    act,
    services.filter(({ metadata }) => isOurs(act, metadata) && isChanged(metadata)),
  );
  const autoscaler = await autoscalerOf(act);
  if (isOurs(act, autoscaler?.metadata)) await unlessGone(releaseAutoscaler(act));
  await restoreRoute(act);
  for (const set of await act.api.list('replicasets', act.target.namespace, ofCanary(act))) {
    await removeOurs(act, {
      kind: 'replicasets',
      namespace: act.target.namespace,
      name: set.metadata?.name ?? '',
    });
  }
  await removeOurs(act, canaryDeploymentOf(act));
  await removeOurs(act, canaryOwnerOf(act));
  await removeOurs(act, canaryServiceOf(act));
}

/** Until it is adopted, its ReplicaSet has these labels. */
function ofCanary(act: Act): Record<string, string> {
  return { ...createdLabels(act, rolloutWorkflowId(act.ref)), [labels.track]: 'canary' };
}

function isOurs({ fence }: Act, metadata: V1ObjectMeta | undefined): boolean {
  return readFence(metadata)?.rolloutId === fence.rolloutId;
}

function isChanged(metadata: V1ObjectMeta | undefined): boolean {
  return metadata?.annotations?.[annotations.before] !== undefined;
}

async function restoreRoute({ router, fence }: Act): Promise<void> {
  try {
    await router?.restore(fence);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'stale-fence') throw error;
  }
}

async function removeOurs<K extends Kind>(act: Act, ref: ObjectRef<K>): Promise<void> {
  const found = await act.api.get(ref);
  if (found === undefined || !isOurs(act, found.metadata) || !isCanary(found)) return;
  await removeFenced(act.api, ref, act.fence, (present) => {
    if (isCanary(present)) return;
    throw new PlatformError('unavailable', `${nameOf(ref)} is not the canary's any more`);
  });
}
