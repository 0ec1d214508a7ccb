/** How many pods of each track carry a weight. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { CanaryRequest } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import type { ReplicaSplit } from '../routing/replica-ratio.ts';
import { planSplit } from '../routing/replica-ratio.ts';
import { isScaledToZero } from '../state/drift.ts';
import type { Act } from './act.ts';
import { autoscalerOf } from './autoscaler.ts';
import type { Held } from './held.ts';
import { drainsItself } from './stable-template.ts';

/** What stable is to have now: someone who scaled it in mid-rollout is believed. */
export function fullSize({ deployment, record }: Held): number {
  const now = deployment.spec?.replicas ?? 1;
  if (isScaledToZero(deployment, record)) return record.size?.full ?? record.replicas ?? now;
  return record.size?.set === now ? record.size.full : now;
}

/** Gives a Deployment that others scaled to 0 its pods back. */
export function fullSizeSteps(held: Held): PatchStep[] {
  return isScaledToZero(held.deployment, held.record) ? sizeSteps(held, fullSize(held)) : [];
}

/**
 * In replica ratio stable shrinks only where that loses no request: its pods take time to stop,
 * and no autoscaler would grow it again.
 */
export async function keepsItsSize(act: Act, { deployment }: Held): Promise<boolean> {
  const template = deployment.spec?.template;
  return (await autoscalerOf(act)) !== undefined || !template || !drainsItself(template);
}

export function splitFor(held: Held, weight: number, keepsSize: boolean): ReplicaSplit {
  const split = planSplit(weight, fullSize(held), {
    surge: maySurge(held.deployment),
    autoscaled: keepsSize,
  });
  return weight === 100 ? { ...split, stable: fullSize(held) } : split;
}

/** Stable at this size; refused where someone else has scaled it since it was read. */
export function sizeSteps({ deployment }: Held, replicas: number): PatchStep[] {
  const now = deployment.spec?.replicas;
  if (now === replicas) return [];
  return [
    { op: 'test', path: '/spec/replicas', value: now ?? null },
    { op: 'add', path: '/spec/replicas', value: replicas },
  ];
}

export async function canaryReplicas(
  act: Act,
  held: Held,
  { replicas }: CanaryRequest,
): Promise<number> {
  if (typeof replicas === 'number') return replicas;
  const { forWeight } = replicas;
  if (act.router === undefined) {
    return splitFor(held, forWeight, await keepsItsSize(act, held)).canary;
  }
  return Math.max(1, Math.ceil((forWeight * fullSize(held)) / 100));
}

function maySurge({ spec }: V1Deployment): boolean {
  const surge = spec?.strategy?.rollingUpdate?.maxSurge ?? 1;
  return Number.parseInt(String(surge), 10) > 0;
}
