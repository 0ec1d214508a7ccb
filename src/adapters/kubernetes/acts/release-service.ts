import type { V1Deployment } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { readFence } from '../objects/fence-record.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { removeFenced } from '../objects/fenced-removal.ts';
import { annotations, labels, metadataPath } from '../objects/names.ts';
import { readRecord } from '../objects/record.ts';
import { unlessGone } from '../routing/is-gone.ts';
import type { Act } from './act.ts';
import { releaseAutoscaler } from './autoscaler.ts';
import { canaryServiceOf } from './canary-objects.ts';
import { canaryOwnerOf, isEmptyCanary } from './canary-workload.ts';
import { readHeld, type Held, requirePhase } from './held.ts';
import { awaitCanaryPodsGone, removeCanaryWorkload } from './remove-canary.ts';
import { releaseOrphans } from './release-orphans.ts';
import { releaseServices, servicesOf } from './services.ts';
import { endAside } from './set-aside.ts';
import { ownStrategySteps } from './strategy.ts';

/**
 * Restores everything as it was found, the Deployment last: until then this can be repeated. Only the
 * fences stay, so that later acts are still refused.
 */
export async function releaseService(act: Act): Promise<void> {
  const holder = await holderOf(act);
  if (holder === 'nobody') await releaseOrphans(act);
  if (holder === 'us') await giveBack(act);
}

async function giveBack(act: Act): Promise<void> {
  const held = await readHeld(act, requirePhase('claimed', 'replacing'));
  await removeEmptyCanary(act, held);
  await awaitCanaryPodsGone(act, held);
  await endAside(act, held);
  await releaseServices(act, await servicesOf(act, held));
  await unlessGone(releaseAutoscaler(act));
  await act.router?.restore(act.fence);
  await removeCanaryService(act);
  await removeCanaryOwner(act);
  await patchFenced(act.api, act.stable, act.fence, releaseSteps);
}

async function holderOf(act: Act): Promise<'us' | 'another' | 'nobody'> {
  const judge = (deployment: V1Deployment | undefined) => {
    if (readRecord(deployment?.metadata) === undefined) return 'nobody';
    return readFence(deployment?.metadata)?.rolloutId === act.fence.rolloutId ? 'us' : 'another';
  };
  const holder = judge(await act.api.get(act.stable));
  return holder === 'us' ? holder : judge(await act.api.getLive(act.stable));
}

async function removeEmptyCanary(act: Act, held: Held): Promise<void> {
  await removeCanaryWorkload(act, held, (canary) => {
    if (isEmptyCanary(canary)) return;
    const { namespace, name } = canary.metadata ?? {};
    throw new PlatformError(
      'conflict',
      `the canary ${namespace}/${name} is still there; remove it first`,
    );
  });
}

async function removeCanaryService(act: Act): Promise<void> {
  const ref = canaryServiceOf(act);
  const found = act.router && (await act.api.get(ref));
  if (found?.metadata?.labels?.[labels.track] !== 'canary') return;
  await removeFenced(act.api, ref, act.fence);
}

/** With it, Kubernetes deletes what it controls. */
async function removeCanaryOwner(act: Act): Promise<void> {
  const ref = canaryOwnerOf(act);
  const { uid = '', labels: own } = (await act.api.get(ref))?.metadata ?? {};
  if (own?.[labels.track] !== 'canary') return;
  const owned = await act.api.controlledBy('replicasets', ref.namespace, uid);
  const left = owned.find(({ spec }) => (spec?.replicas ?? 0) > 0);
  if (left !== undefined) {
    throw new PlatformError(
      'unavailable',
      `ReplicaSet ${left.metadata?.name} still has pods, and belongs to the canary`,
    );
  }
  await removeFenced(act.api, ref, act.fence);
}

function releaseSteps({ metadata }: V1Deployment): PatchStep[] {
  const record = readRecord(metadata);
  if (record === undefined) return [];
  const isLabelled = metadata?.labels?.[labels.held] !== undefined;
  return [
    { op: 'add', path: '/spec/paused', value: record.paused },
    ...ownStrategySteps(record),
    { op: 'remove', path: metadataPath('annotations', annotations.rollout) },
    ...(isLabelled ? [{ op: 'remove' as const, path: metadataPath('labels', labels.held) }] : []),
  ];
}
