import type { ServiceRef, WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { deploymentNameOf } from '../objects/names.ts';
import { isPassing } from '../objects/passing-reason.ts';
import type { PatchScope } from '../objects/patch-scope.ts';
import { readRecord } from '../objects/record.ts';
import { deadlineRefusals } from './refuse-deadline.ts';
import { labelRefusals } from './refuse-labels.ts';
import { quotaRefusals, replicaSetRefusals } from './refuse-quota.ts';
import { podRefusals } from './refuse-pods.ts';
import { releaseRefusals } from './refuse-release.ts';
import { serviceRefusals } from './refuse-services.ts';
import { unreachedRefusals } from './refuse-unreached.ts';
import { updateRefusals } from './refuse-update.ts';
import { updateQuotaRefusals } from './refuse-update-quota.ts';
import type { ServiceObjects } from './service-objects.ts';

/** Throws all reasons at once: `unavailable` if all of them pass by themselves. */
export function refuse(reasons: string[]): void {
  if (reasons.length === 0) return;
  const code = reasons.every(isPassing) ? 'unavailable' : 'invalid';
  throw new PlatformError(code, reasons.join('; '));
}

/**
 * Why this release cannot be rolled out to this service: all reasons at once, each with what to do. What
 * a dead rollout left on the service is not a reason.
 */
export function refusals(
  ref: ServiceRef,
  objects: ServiceObjects | undefined,
  wanted: WantedRelease,
  scope: PatchScope = [],
): string[] {
  if (!objects) return [missing(ref)];
  const { release, way } = wanted;
  const isHeld = readRecord(objects.stable.deployment.metadata) !== undefined;
  return [
    ...(isHeld ? [] : updateRefusals(objects.stable)),
    ...releaseRefusals(objects, release, scope),
    ...labelRefusals(objects),
    ...deadlineRefusals(objects.stable, wanted),
    ...replicaSetRefusals(objects, wanted),
    ...(way === 'beside'
      ? [...besideRefusals(objects, release), ...(isHeld ? [] : unreachedRefusals(objects))]
      : updateQuotaRefusals(objects, wanted)),
  ];
}

function besideRefusals(objects: ServiceObjects, release: Release): string[] {
  return [
    ...serviceRefusals(objects),
    ...podRefusals(objects),
    ...quotaRefusals(objects, release),
    ...(objects.route?.refusals ?? []),
  ];
}

function missing({ service, target }: ServiceRef): string {
  if (target.platform !== 'kubernetes') return `the target of ${service} is not on Kubernetes`;
  return (
    `there is no Deployment ${deploymentNameOf({ service }, target)} in namespace ${target.namespace}; ` +
    'apply it first: Belay rolls out releases of Deployments that exist'
  );
}
