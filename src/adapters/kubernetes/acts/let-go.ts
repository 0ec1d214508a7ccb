import type { V1Deployment } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/platform.ts';
import type { PatchStep } from '../api/cluster-api.ts';
import { readFence } from '../objects/fence-record.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, labels, metadataPath } from '../objects/names.ts';
import { readRecord } from '../objects/record.ts';
import type { Act } from './act.ts';
import { releaseAutoscaler } from './autoscaler.ts';
import { canaryServiceOf, isEmptyCanary } from './canary-objects.ts';
import { readHeld, requirePhase } from './held.ts';
import { awaitCanaryPodsGone } from './remove-canary.ts';
import { strategySteps } from './replace-stable.ts';
import { releaseServices } from './services.ts';

/**
 * Gives everything back as it was found, the Deployment last: until then this can be done again.
 * Only the fences stay, so that an act that comes later still is refused.
 */
export async function letGo(act: Act): Promise<void> {
  if (!(await isHeldByUs(act))) return;
  const held = await readHeld(act, requirePhase('claimed', 'replacing'));
  await removeEmptyCanary(act);
  await awaitCanaryPodsGone(act, held);
  await releaseServices(act, held);
  await releaseAutoscaler(act);
  await act.router?.restore(act.fence);
  await removeCanaryService(act);
  await patchFenced(act.api, act.stable, act.fence, releaseSteps);
}

async function isHeldByUs(act: Act): Promise<boolean> {
  const isOurs = (deployment: V1Deployment | undefined) =>
    deployment !== undefined &&
    readRecord(deployment.metadata) !== undefined &&
    readFence(deployment.metadata)?.rolloutId === act.fence.rolloutId;
  return isOurs(await act.api.get(act.stable)) || isOurs(await act.api.getLive(act.stable));
}

async function removeEmptyCanary(act: Act): Promise<void> {
  const canary = await act.api.get(act.canary);
  if (canary?.metadata?.uid === undefined) return;
  if (!isEmptyCanary(canary)) {
    throw new PlatformError(
      'conflict',
      `the canary ${nameOf(act.canary)} is still there; remove it first`,
    );
  }
  await act.api.remove(act.canary, canary.metadata.uid);
}

async function removeCanaryService(act: Act): Promise<void> {
  if (act.router === undefined) return;
  const ref = canaryServiceOf(act);
  const uid = (await act.api.get(ref))?.metadata?.uid;
  if (uid !== undefined) await act.api.remove(ref, uid);
}

function releaseSteps({ metadata }: V1Deployment): PatchStep[] {
  const record = readRecord(metadata);
  if (record === undefined) return [];
  const isLabelled = metadata?.labels?.[labels.held] !== undefined;
  return [
    { op: 'add', path: '/spec/paused', value: record.paused },
    ...(record.strategy ? strategySteps(record.strategy) : []),
    { op: 'remove', path: metadataPath('annotations', annotations.rollout) },
    ...(isLabelled ? [{ op: 'remove' as const, path: metadataPath('labels', labels.held) }] : []),
  ];
}
