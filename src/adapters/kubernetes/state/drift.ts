import type { V1Service } from '@kubernetes/client-node';
import { pointingOf, type Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { lastWriter } from '../routing/last-writer.ts';
import type { ServiceObjects } from './service-objects.ts';
import { currentReplicaSet, templateHashOf } from './template-revision.ts';

/** What others changed that the rollout relies on: the field, and who did it where that is known. */
export function driftOf(objects: ServiceObjects, record: RolloutRecord): string[] {
  return [
    ...objects.services.flatMap((service) => serviceDrift(service, objects, record)),
    ...deploymentDrift(objects, record),
    ...(objects.route?.drift ?? []),
  ];
}

function serviceDrift(
  service: V1Service,
  objects: ServiceObjects,
  record: RolloutRecord,
): string[] {
  if (record.phase === 'replacing') return [];
  const wanted = wantedPointing(record, objects.target.router !== undefined);
  const actual = actualPointing(service, objects, record);
  if (actual === wanted) return [];
  // An act that is under way may have moved the Service already; then nobody else wrote since.
  if (actual !== undefined && lastWriter(service.metadata) === undefined) return [];
  const now = actual === undefined ? 'has another selector' : `selects ${inWords[actual]}`;
  return [
    `spec.selector: Service ${service.metadata?.name ?? ''} ${now}, not ${inWords[wanted]}${by(service)}`,
  ];
}

const inWords: Record<Pointing, string> = {
  stable: 'stable alone',
  both: 'stable and canary',
  canary: 'the canary alone',
};

function wantedPointing({ phase, weight }: RolloutRecord, routed: boolean): Pointing {
  if (phase !== 'claimed') return 'canary';
  if (routed || weight === 0) return 'stable';
  return weight === 100 ? 'canary' : 'both';
}

/** While a promotion settles, stable is also the ReplicaSet that the record does not know yet. */
function actualPointing(
  service: V1Service,
  { stable }: ServiceObjects,
  record: RolloutRecord,
): Pointing | undefined {
  const current = currentReplicaSet(stable.deployment, stable.replicaSets);
  const stableHash = current && templateHashOf(current);
  const known = pointingOf(service, record);
  if (known !== undefined || stableHash === undefined) return known;
  return pointingOf(service, { ...record, stableHash });
}

function deploymentDrift(
  { stable: { deployment, replicaSets } }: ServiceObjects,
  { phase, stableHash }: RolloutRecord,
): string[] {
  if (phase !== 'claimed') return [];
  const name = `Deployment ${deployment.metadata?.name ?? ''}`;
  const current = currentReplicaSet(deployment, replicaSets);
  return [
    ...(deployment.spec?.paused === true
      ? []
      : [`spec.paused: ${name} was resumed${by(deployment)}`]),
    ...(current && templateHashOf(current) === stableHash
      ? []
      : [`spec.template: ${name} was edited while a rollout holds it${by(deployment)}`]),
  ];
}

/** Who did it, where that is known. */
export function by({ metadata }: Pick<V1Service, 'metadata'>): string {
  const writer = lastWriter(metadata);
  return writer === undefined ? '' : `; written by ${writer}`;
}
