import type { V1PodSpec, V1ResourceQuota } from '@kubernetes/client-node';
import type { WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { readQuantity } from '../../kubernetes-api/objects/quantity.ts';
import { podNeeds } from './pod-needs.ts';
import { isForAllPods, releasedSpec } from './refuse-quota.ts';
import type { ServiceObjects } from './service-objects.ts';
import { unavailableOf } from './update-batch.ts';

/**
 * Quotas in which an update in place never completes: without room for one new pod, where no old pod may
 * stop before it is ready, or for all pods of the release.
 */
export function updateQuotaRefusals(
  objects: Pick<ServiceObjects, 'stable' | 'quotas'>,
  { release, how }: Pick<WantedRelease, 'release' | 'how'>,
): string[] {
  const { spec } = objects.stable.deployment;
  const after = releasedSpec(objects, release);
  if (spec === undefined || after === undefined) return [];
  const { replicas = 1 } = spec;
  const startsFirst = how !== 'recreate' && unavailableOf(spec) === 0;
  const update = { before: spec.template.spec, after, replicas, startsFirst };
  return objects.quotas.filter(isForAllPods).flatMap((quota) => updateRefusal(quota, update));
}

interface PlannedUpdate {
  before: V1PodSpec | undefined;
  after: V1PodSpec;
  replicas: number;
  /** A new pod has to be ready before the first old one stops. */
  startsFirst: boolean;
}

function updateRefusal(
  { metadata, spec, status }: V1ResourceQuota,
  { before, after, replicas, startsFirst }: PlannedUpdate,
): string[] {
  return Object.entries(status?.hard ?? spec?.hard ?? {}).flatMap(([resource, hard]) => {
    const each = podNeeds(resource, after);
    const room = readQuantity(hard) - readQuantity(status?.used?.[resource] ?? '0');
    const growth = replicas * (each - podNeeds(resource, before));
    const what =
      startsFirst && each > room
        ? 'and 1 more pod has to start before an old one stops (maxUnavailable is 0)'
        : each > 0 && growth > room
          ? `and the release needs more for its ${replicas} pods`
          : undefined;
    if (what === undefined) return [];
    return [
      `ResourceQuota ${metadata?.name ?? ''} has no room: ${resource} is limited to ${hard}, ` +
        `${status?.used?.[resource] ?? '0'} is used, ${what}; raise it or scale down`,
    ];
  });
}
