import type {
  V1Deployment,
  V1PodTemplateSpec,
  V1ReplicaSet,
  V1Service,
} from '@kubernetes/client-node';
import { isOurs, writerOf, type ChangedField, type FieldPath } from '../objects/field-writer.ts';
import { annotations } from '../objects/names.ts';
import { pointingOf, type Pointing } from '../objects/pointing.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { promotedTemplate, withoutSetAside } from '../objects/template.ts';
import { titleOf } from './canary-beside.ts';
import type { CanaryBeside, ServiceObjects, Workload } from './service-objects.ts';
import { currentReplicaSet, templateDigest, templateHashOf } from './template-revision.ts';

const selectorField: FieldPath = ['spec', 'selector'];
const pausedField: FieldPath = ['spec', 'paused'];
const replicasField: FieldPath = ['spec', 'replicas'];

/** Changes by others that the rollout depends on: the field, and its writer if known. */
export function driftOf(objects: ServiceObjects, record: RolloutRecord): string[] {
  return [
    ...objects.services.flatMap((service) => serviceDrift(service, objects, record)),
    ...deploymentDrift({ ...objects.stable, canary: objects.canary?.workload }, record),
    ...(objects.canary ? canaryDrift(objects.canary) : []),
    ...(objects.route?.drift ?? []),
  ];
}

/** The pods that the Services should select in this phase. */
export function wantedPointing({ phase, weight }: RolloutRecord, routed: boolean): Pointing {
  if (phase === 'replacing') return 'both';
  if (phase !== 'claimed') return 'canary';
  if (routed || weight === 0) return 'stable';
  return weight === 100 ? 'canary' : 'both';
}

/** The user's Deployment with the objects that show its previous state, including its canary. */
interface Given extends Pick<Workload, 'deployment' | 'replicaSets'> {
  canary?: CanaryBeside['workload'] | undefined;
}

/** Changes by others of the user's Deployment. */
export function deploymentDrift(stable: Given, record: RolloutRecord): string[] {
  return [
    ...pauseDrift(stable.deployment, record),
    ...templateDrift(stable, record),
    ...sizeDrift(stable.deployment, record),
  ];
}

/** Changes by others of the release in the canary. */
export function canaryDrift({
  workload,
  replicaSets,
}: Pick<CanaryBeside, 'workload' | 'replicaSets'>): string[] {
  const now = workload.spec?.template;
  if (now === undefined || !isCanaryEdited(workload)) return [];
  const before = canaryTemplateStored(workload, replicaSets);
  const field = before
    ? { path: ['spec', 'template'], now, before }
    : (['spec', 'template'] as const);
  return [`spec.template: ${titleOf(workload)}, the canary, was edited${by(workload, field)}`];
}

export function isCanaryEdited({ metadata, spec }: CanaryBeside['workload']): boolean {
  const stored = metadata?.annotations?.[annotations.stored];
  const template = spec?.template;
  return stored !== undefined && template !== undefined && templateDigest(template) !== stored;
}

/** The template that the canary was given: in a note, or while a ReplicaSet of its Deployment has it. */
export function canaryTemplateStored(
  { metadata }: CanaryBeside['workload'],
  replicaSets: V1ReplicaSet[],
): V1PodTemplateSpec | undefined {
  const { [annotations.stored]: stored, [annotations.given]: given } = metadata?.annotations ?? {};
  if (given !== undefined) return JSON.parse(given) as V1PodTemplateSpec;
  return replicaSets
    .flatMap(({ spec }) => spec?.template ?? [])
    .find((template) => templateDigest(template) === stored);
}

/** Someone else removed every pod of the Deployment. */
export function isScaledToZero({ spec }: V1Deployment, { size, replicas }: RolloutRecord): boolean {
  return spec?.replicas === 0 && size?.set !== 0 && replicas !== 0;
}

function serviceDrift(
  service: V1Service,
  objects: ServiceObjects,
  record: RolloutRecord,
): string[] {
  const wanted = wantedPointing(record, objects.target.router !== undefined);
  const actual = actualPointing(service, objects, record);
  if (actual === wanted) return [];
  // An act in progress may have moved the Service already: then the selector is Belay's own.
  if (actual !== undefined && isOurs(service.metadata, selectorField)) return [];
  const words = record.phase === 'replacing' ? inWordsInPlace : inWords;
  const now = actual === undefined ? 'has another selector' : `selects ${words[actual]}`;
  return [
    `spec.selector: Service ${service.metadata?.name ?? ''} ${now}, not ${words[wanted]}` +
      by(service, selectorField),
  ];
}

const inWords: Record<Pointing, string> = {
  stable: 'stable alone',
  both: 'stable and canary',
  canary: 'the canary alone',
};

const inWordsInPlace: Record<Pointing, string> = {
  ...inWords,
  stable: 'the pods of one revision',
  both: 'all pods of the Deployment',
};

/** While a promotion settles, stable is also the ReplicaSet that is not in the record yet. */
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

/** Paused while it runs stable alone; with a release that it rolls out, it may roll until it is complete. */
function pauseDrift(deployment: V1Deployment, { phase }: RolloutRecord): string[] {
  const isPaused = deployment.spec?.paused === true;
  if (phase === 'claimed' || phase === 'adopting' || phase === 'abandoning') {
    return isPaused
      ? []
      : [`spec.paused: ${titleOf(deployment)} was resumed${by(deployment, pausedField)}`];
  }
  if (!isPaused || isOurs(deployment.metadata, pausedField)) return [];
  return [`spec.paused: ${titleOf(deployment)} was paused${by(deployment, pausedField)}`];
}

function templateDrift(given: Given, record: RolloutRecord): string[] {
  const { deployment } = given;
  const now = deployment.spec?.template;
  if (now === undefined || !isEdited(given, record)) return [];
  const before = templateBefore(given, record);
  const change = before && { path: ['spec', 'template'], now, before };
  return [
    `spec.template: ${titleOf(deployment)} was edited while a rollout owns it` +
      (change ? by(deployment, change) : ''),
  ];
}

/** Whether its template is not the one that the rollout found, or gave it since. */
export function isEdited(
  { deployment, replicaSets }: Pick<Workload, 'deployment' | 'replicaSets'>,
  { phase, stableHash, given }: RolloutRecord,
): boolean {
  if (phase !== 'claimed') {
    const template = deployment.spec?.template;
    return given !== undefined && template !== undefined && templateDigest(template) !== given;
  }
  const current = currentReplicaSet(deployment, replicaSets);
  return current === undefined || templateHashOf(current) !== stableHash;
}

/** The template that it had, or was given: a tool may have been faster than the controller. */
export function templateBefore(
  { replicaSets, canary }: Omit<Given, 'deployment'>,
  { phase, stableHash, given }: RolloutRecord,
): V1PodTemplateSpec | undefined {
  const kept = replicaSets.flatMap((set) => {
    const template = set.spec?.template;
    return template ? { set, template: withoutSetAside(template) } : [];
  });
  if (phase === 'claimed') {
    return kept.find(({ set }) => templateHashOf(set) === stableHash)?.template;
  }
  const ofCanary = canary?.spec?.template;
  return [
    ...kept.map(({ template }) => template),
    ...(ofCanary ? [promotedTemplate(ofCanary)] : []),
  ].find((template) => templateDigest(template) === given);
}

function sizeDrift(deployment: V1Deployment, record: RolloutRecord): string[] {
  if (!isScaledToZero(deployment, record)) return [];
  const from = record.replicas === undefined ? '' : `, from ${record.replicas}`;
  return [
    `spec.replicas: ${titleOf(deployment)} was scaled to 0${from}${by(deployment, replicasField)}`,
  ];
}

/** The writer of the field, if known. */
export function by(
  { metadata }: Pick<V1Service, 'metadata'>,
  field: FieldPath | ChangedField,
): string {
  const writer = writerOf(metadata, field);
  return writer === undefined ? '' : `; written by ${writer}`;
}
