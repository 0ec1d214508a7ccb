import type { V1Deployment } from '@kubernetes/client-node';
import type { WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { annotations } from '../objects/names.ts';
import { applyReleaseInScope, type PatchScope } from '../objects/patch-scope.ts';
import { deadlineRefusals } from '../state/refuse-deadline.ts';
import { podRefusals } from '../state/refuse-pods.ts';
import { quotaRefusals } from '../state/refuse-quota.ts';
import { serviceRefusals } from '../state/refuse-services.ts';
import { restRefusals, updateRefusals } from '../state/refuse-update.ts';
import type { Workload } from '../state/service-objects.ts';
import type { ColoursObjects } from './colours-objects.ts';
import { keptColours } from './colours-state.ts';
import { otherServiceRefusals } from './other-services.ts';

/**
 * Why this release cannot be rolled out to these colours, with all reasons at once. What a dead
 * rollout left on them is not a reason, because the claim removes it.
 */
export function coloursRefusals(
  objects: ColoursObjects,
  wanted: WantedRelease,
  scope: PatchScope = [],
): string[] {
  const { release } = wanted;
  return [
    ...(objects.record ? [] : restingRefusals(objects)),
    ...releaseRefusals(objects, release, scope),
    ...deadlineRefusals(releasedIdle(objects), wanted),
    ...serviceRefusals(objects),
    ...otherServiceRefusals(objects),
    ...podRefusals(withoutTraffic(objects)),
    ...quotaRefusals(withoutTraffic(objects), release),
  ];
}

/** Why neither colour may be claimed; the claim checks it too. */
export function restingRefusals({
  stable,
  canary,
}: Pick<ColoursObjects, 'stable' | 'canary'>): string[] {
  return [
    ...updateRefusals(stable),
    ...restRefusals(canary),
    ...[stable, canary].flatMap(({ deployment }) => ownHolder(deployment)),
    ...idleRefusals(canary),
  ];
}

/** A Deployment that is also the `target.deployment` of another service. */
function ownHolder({ metadata }: V1Deployment): string[] {
  if (metadata?.annotations?.[annotations.rollout] === undefined) return [];
  return [`a rollout of Deployment ${metadata.name ?? ''} alone owns it; wait until that ends`];
}

function idleRefusals({ deployment: { metadata, spec } }: Workload): string[] {
  const name = `Deployment ${metadata?.name ?? ''}`;
  return [
    ...(spec?.paused ? [`${name} is paused, so it would not roll out a release; resume it`] : []),
    ...(spec?.revisionHistoryLimit === 0
      ? [
          `${name} keeps no old ReplicaSets, so an abort could not give it its template back; ` +
            'set its revisionHistoryLimit to 1 or more',
        ]
      : []),
  ];
}

function releaseRefusals(objects: ColoursObjects, release: Release, scope: PatchScope): string[] {
  if (release.revision !== undefined) return revisionRefusals(objects, release.revision);
  try {
    applyReleaseInScope(objects.stable.deployment.spec?.template ?? {}, release, scope);
    return [];
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return [error.message];
    throw error;
  }
}

function revisionRefusals(objects: ColoursObjects, wanted: number): string[] {
  const kept = keptColours(objects).map(({ revision }) => revision);
  if (kept.includes(wanted)) return [];
  const others = kept.length > 0 ? `kept are ${kept.join(', ')}` : 'none is kept';
  const name = objects.canary.deployment.metadata?.name ?? '';
  return [`revision ${wanted} of Deployment ${name}, the idle colour, is not kept: ${others}`];
}

/** The idle colour with the template that the release is applied to. */
function releasedIdle({ stable, canary }: ColoursObjects): Workload {
  const { spec } = canary.deployment;
  const template = stable.deployment.spec?.template;
  if (spec === undefined || template === undefined) return canary;
  return { ...canary, deployment: { ...canary.deployment, spec: { ...spec, template } } };
}

/** The idle colour gets its release while it has no clients: neither strategy nor surge matters. */
function withoutTraffic(objects: ColoursObjects): ColoursObjects {
  const { stable } = objects;
  const { spec } = stable.deployment;
  if (spec === undefined) return objects;
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } };
  const deployment = { ...stable.deployment, spec: { ...spec, strategy } };
  return { ...objects, stable: { ...stable, deployment } };
}
