/** How many pods each track needs for a weight. */
import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import type { CanaryRequest } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import type { ReplicaSplit } from '../routing/replica-ratio.ts';
import { planSplit } from '../routing/replica-ratio.ts';
import { isScaledToZero } from '../state/drift.ts';
import type { Act } from './act.ts';
import { autoscalerOf } from './autoscaler.ts';
import type { Held } from './held.ts';
import { drainsItself } from './stable-template.ts';

/** The wanted size of stable; if someone scaled it during the rollout, that size counts. */
export function fullSize({ deployment, record }: Held): number {
  const now = deployment.spec?.replicas ?? 1;
  if (isScaledToZero(deployment, record)) return record.size?.full ?? record.replicas ?? now;
  return record.size?.set === now ? record.size.full : now;
}

/** Restores the pods of a Deployment that others scaled to 0. */
export function fullSizeSteps(held: Held): PatchStep[] {
  return isScaledToZero(held.deployment, held.record) ? sizeSteps(held, fullSize(held)) : [];
}

/**
 * With replica ratio, stable shrinks only if no request is lost by that: its pods take time to stop,
 * and no autoscaler would scale it up again.
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

/** Scales stable to this size; refused if someone else has scaled it since it was read. */
export function sizeSteps({ deployment }: Held, replicas: number): PatchStep[] {
  const now = deployment.spec?.replicas;
  if (now === replicas) return [];
  return [
    { op: 'test', path: '/spec/replicas', value: now ?? null },
    { op: 'add', path: '/spec/replicas', value: replicas },
  ];
}

/** Whether a ReplicaSet with traffic may get this size: its pods are stopped only if they take time to stop. */
export function mayGetSize({ spec }: V1ReplicaSet, replicas: number): boolean {
  const isSmaller = replicas < (spec?.replicas ?? 0);
  return !isSmaller || (spec?.template !== undefined && drainsItself(spec.template));
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
