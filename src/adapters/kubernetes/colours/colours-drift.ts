import { isDeepStrictEqual } from 'node:util';
import type { V1Deployment } from '@kubernetes/client-node';
import { by } from '../state/drift.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { ColoursObjects } from './colours-objects.ts';
import { isPrepared, type ColoursRecord, type HeldColour } from './colours-record.ts';

/** What others changed that the rollout relies on: the field, and who did it where that is known. */
export function coloursDrift(objects: ColoursObjects): string[] {
  const { record, stable, canary } = objects;
  if (record === undefined) return [];
  const isOurs = isPrepared(canary.deployment.metadata);
  return [
    ...selectorDrift(objects, record),
    ...templateDrift(stable.deployment, record.live),
    ...(isOurs ? templateDrift(canary.deployment, record.idle) : []),
    ...(isOurs ? sizeDrift(objects, record.idle) : []),
  ];
}

export function wantedSelector({ live, idle, weight }: ColoursRecord): Record<string, string> {
  return weight === 100 ? idle.selector : live.selector;
}

export function isEdited({ spec }: V1Deployment, { template }: HeldColour): boolean {
  return template !== undefined && spec !== undefined && templateDigest(spec.template) !== template;
}

/** Pods are missing that were asked for; an autoscaler may have taken them. */
export function lacksPods({ spec }: V1Deployment, { replicas }: HeldColour): boolean {
  return replicas !== undefined && (spec?.replicas ?? 1) < replicas;
}

function selectorDrift({ chooser }: ColoursObjects, record: ColoursRecord): string[] {
  if (isDeepStrictEqual({ ...chooser.spec?.selector }, wantedSelector(record))) return [];
  const name = record.weight === 100 ? record.idle.name : record.live.name;
  return [
    `spec.selector: Service ${chooser.metadata?.name ?? ''} does not select ${name}${by(chooser)}`,
  ];
}

function templateDrift(deployment: V1Deployment, colour: HeldColour): string[] {
  if (!isEdited(deployment, colour)) return [];
  return [
    `spec.template: Deployment ${colour.name} was edited while a rollout holds it${by(deployment)}`,
  ];
}

function sizeDrift({ canary, autoscalers }: ColoursObjects, colour: HeldColour): string[] {
  const { deployment } = canary;
  const isScaled = autoscalers.some(({ spec }) => spec?.scaleTargetRef.name === colour.name);
  if (isScaled || !lacksPods(deployment, colour)) return [];
  return [
    `spec.replicas: Deployment ${colour.name} was scaled down to ${deployment.spec?.replicas ?? 1}, ` +
      `of ${colour.replicas}${by(deployment)}`,
  ];
}
