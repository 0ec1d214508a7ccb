import type { V1Pod, V1PodSpec, V1ResourceQuota } from '@kubernetes/client-node';
import type { WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { readQuantity } from '../../kubernetes-api/objects/quantity.ts';
import { applyRelease } from '../objects/template.ts';
import { addedLabels } from './canary-beside.ts';
import type { ServiceObjects } from './service-objects.ts';
import { podNeeds } from './pod-needs.ts';

/** Quotas that are too small for the peak of a rollout: as many canary pods as stable has. */
export function quotaRefusals(objects: ServiceObjects, release: Release): string[] {
  const pods = podsToCome(objects);
  const spec = releasedSpec(objects, release);
  if (!spec || pods <= 0) return [];
  const [example] = objects.stable.pods;
  return objects.quotas
    .filter(isForAllPods)
    .flatMap((quota) => quotaRefusal(quota, spec, example, pods));
}

/**
 * Quotas for ReplicaSets that the Deployment creates: in place, or if it cannot adopt the canary's. Objects
 * that the rollout creates itself are tried by a dry run, which does not add up what comes later.
 */
export function replicaSetRefusals(
  objects: Pick<ServiceObjects, 'quotas' | 'stable' | 'target'>,
  { release, way }: WantedRelease,
): string[] {
  const { quotas } = objects;
  const beside = addedLabels(objects).length > 0 ? 2 : 0;
  const needed = release.revision === undefined ? { 'in-place': 1, beside }[way] : 0;
  const resource = 'count/replicasets.apps';
  return quotas.flatMap(({ metadata, spec, status }) => {
    const hard = (status?.hard ?? spec?.hard)?.[resource];
    const used = status?.used?.[resource] ?? '0';
    if (hard === undefined || needed === 0) return [];
    if (readQuantity(used) + needed <= readQuantity(hard)) return [];
    return [
      `ResourceQuota ${metadata?.name ?? ''} has no room: ${resource} is limited to ${hard}, ` +
        `${used} is used, and ${needed} more are needed; raise it, or lower revisionHistoryLimit`,
    ];
  });
}

function podsToCome({ stable, canary }: ServiceObjects): number {
  const { replicas = 1 } = stable.deployment.spec ?? {};
  return 2 * replicas - stable.pods.length - (canary?.pods.length ?? 0);
}

/** The pods of a kept revision are assumed to need what the current ones need. */
export function releasedSpec(
  { stable }: Pick<ServiceObjects, 'stable'>,
  release: Release,
): V1PodSpec | undefined {
  const template = stable.deployment.spec?.template;
  if (!template || release.revision !== undefined) return template?.spec;
  try {
    return applyRelease(template, release).spec;
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return undefined;
    throw error;
  }
}

/** Quotas with scopes apply to some pods only; which ones is decided by the API server. */
export function isForAllPods({ spec }: V1ResourceQuota): boolean {
  const scopes = (spec?.scopes ?? []).filter((scope) => scope !== 'NotTerminating');
  return scopes.length === 0 && spec?.scopeSelector === undefined;
}

function quotaRefusal(
  { metadata, spec, status }: V1ResourceQuota,
  pod: V1PodSpec,
  example: V1Pod | undefined,
  pods: number,
): string[] {
  return Object.entries(status?.hard ?? spec?.hard ?? {}).flatMap(([resource, hard]) => {
    const each = podNeeds(resource, pod) || podNeeds(resource, example?.spec);
    const used = readQuantity(status?.used?.[resource] ?? '0');
    if (each === 0 || used + pods * each <= readQuantity(hard)) return [];
    return [
      `ResourceQuota ${metadata?.name ?? ''} has no room: ${resource} is limited to ${hard}, ` +
        `${status?.used?.[resource] ?? '0'} is used, and ${pods} more pods are needed at the rollout's peak; ` +
        'raise it or scale down',
    ];
  });
}
