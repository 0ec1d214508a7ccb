import { isDeepStrictEqual } from 'node:util';
import type { V1Deployment } from '@kubernetes/client-node';
import { by } from '../state/drift.ts';
import type { Workload } from '../state/service-objects.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { ColoursObjects } from './colours-objects.ts';
import { isPrepared, readBefore, type ColoursRecord, type HeldColour } from './colours-record.ts';

const replicasField = ['spec', 'replicas'] as const;

/** Changes by others that the rollout depends on: the field, and its writer if known. */
export function coloursDrift(objects: ColoursObjects): string[] {
  const { record, stable, canary } = objects;
  if (record === undefined) return [];
  const isOurs = isPrepared(canary.deployment.metadata);
  return [
    ...selectorDrift(objects, record),
    ...templateDrift(stable, record.live),
    ...stoppedDrift(stable.deployment, record.live),
    ...(isOurs ? templateDrift(canary, record.idle) : []),
    ...(isOurs ? sizeDrift(objects, record.idle) : []),
  ];
}

export function wantedSelector({ live, idle, weight }: ColoursRecord): Record<string, string> {
  return weight === 100 ? idle.selector : live.selector;
}

export function isEdited({ spec }: V1Deployment, { template }: HeldColour): boolean {
  return template !== undefined && spec !== undefined && templateDigest(spec.template) !== template;
}

/** Pods that were requested are missing; an autoscaler may have removed them. */
export function lacksPods({ spec }: V1Deployment, { replicas }: HeldColour): boolean {
  return replicas !== undefined && (spec?.replicas ?? 1) < replicas;
}

function selectorDrift({ chooser }: ColoursObjects, record: ColoursRecord): string[] {
  if (isDeepStrictEqual({ ...chooser.spec?.selector }, wantedSelector(record))) return [];
  const name = record.weight === 100 ? record.idle.name : record.live.name;
  return [
    `spec.selector: Service ${chooser.metadata?.name ?? ''} does not select ${name}${by(chooser, ['spec', 'selector'])}`,
  ];
}

function templateDrift({ deployment, replicaSets }: Workload, colour: HeldColour): string[] {
  const now = deployment.spec?.template;
  if (now === undefined || !isEdited(deployment, colour)) return [];
  const before = replicaSets
    .flatMap(({ spec }) => spec?.template ?? [])
    .find((template) => templateDigest(template) === colour.template);
  const who = before ? by(deployment, { path: ['spec', 'template'], now, before }) : '';
  return [`spec.template: Deployment ${colour.name} was edited while a rollout owns it${who}`];
}

/** Others removed all pods of the live colour; a promotion that stops it records that on it. */
export function isStopped({ metadata, spec }: V1Deployment, { replicas }: HeldColour): boolean {
  return spec?.replicas === 0 && replicas !== undefined && replicas > 0 && !readBefore(metadata);
}

function stoppedDrift(deployment: V1Deployment, colour: HeldColour): string[] {
  if (!isStopped(deployment, colour)) return [];
  return [
    `spec.replicas: Deployment ${colour.name}, the live colour, was scaled to 0, from ${colour.replicas}` +
      by(deployment, replicasField),
  ];
}

function sizeDrift({ canary, autoscalers }: ColoursObjects, colour: HeldColour): string[] {
  const { deployment } = canary;
  const isScaled = autoscalers.some(({ spec }) => spec?.scaleTargetRef.name === colour.name);
  if (isScaled || !lacksPods(deployment, colour)) return [];
  return [
    `spec.replicas: Deployment ${colour.name} was scaled down to ${deployment.spec?.replicas ?? 1}, ` +
      `of ${colour.replicas}${by(deployment, replicasField)}`,
  ];
}
