/** The names of Belay's own labels, annotations and objects on a cluster. */
import { createHash } from 'node:crypto';
import type { ServiceRef } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';

export const labels = {
  /** On a user's Deployment that a rollout owns, to find it. */
  held: 'belay.dev/held',
  /** On every object that is created for a canary; also on the pods of a canary's Deployment. */
  track: 'belay.dev/track',
  /** On pods of a canary's Deployment that may get requests. */
  serving: 'belay.dev/serving',
  service: 'belay.dev/service',
  workflow: 'belay.dev/workflow',
  /** Set by Kubernetes on the pods of a ReplicaSet, and by Belay on those of a canary. */
  templateHash: 'pod-template-hash',
} as const;

export const annotations = {
  /** The fence of the last act on this object; stays when the rollout is over. */
  fence: 'belay.dev/fence',
  /** The record of a rollout, on the user's Deployment. */
  rollout: 'belay.dev/rollout',
  /** The state of an object before the rollout changed it. */
  before: 'belay.dev/before',
  /** The name of the release in a pod template. */
  release: 'belay.dev/release',
  /** Digest of the release's pod template, on the canary's Deployment. */
  template: 'belay.dev/template',
  /** Digest of the pod template as the API server stored it, on the canary's Deployment. */
  stored: 'belay.dev/stored-template',
  /** What a canary's pod template has and its release does not. */
  added: 'belay.dev/added',
  /** The pod template as the API server stored it, on the canary's ReplicaSet: nothing else keeps it. */
  given: 'belay.dev/given-template',
  /** Digest of the template that the user's Deployment would store, on the canary's ReplicaSet. */
  ofDeployment: 'belay.dev/deployment-template',
  /** In the pod template of a kept ReplicaSet: the canary whose release is the same. */
  setAside: 'belay.dev/set-aside-for',
  /** On stable's ReplicaSet: the canary for which its pods were stopped, in an adoption that was taken back. */
  stoppedFor: 'belay.dev/stopped-for',
  /** Set by Kubernetes on Deployments and ReplicaSets. */
  revision: 'deployment.kubernetes.io/revision',
  /** The size of the Deployment, on its ReplicaSets: written by Kubernetes, and by an adoption. */
  desiredReplicas: 'deployment.kubernetes.io/desired-replicas',
  maxReplicas: 'deployment.kubernetes.io/max-replicas',
} as const;

export const heldLabels = { [labels.held]: 'true' };

export function deploymentNameOf(
  ref: Pick<ServiceRef, 'service'>,
  target: KubernetesTarget,
): string {
  return target.deployment ?? ref.service;
}

/**
 * The name of the canary's owner, Service and Ingress, and of its Deployment if it has one. A Service's name is the strictest
 * of them (RFC 1035): no dots, a letter first, 63 characters. A name that has to be changed for that
 * ends with a hash of the whole, so that it stays unique.
 */
export function canaryNameOf(name: string): string {
  const label = name.replaceAll('.', '-').replace(/^(?=[^a-z])/, 'c-');
  return label === name ? shortened(name, '-canary', 63) : cut(label, hashed(name, '-canary'), 63);
}

/** The canary's ReplicaSet, named as a Deployment names its own. */
export function canarySetNameOf(name: string, canaryHash: string): string {
  return shortened(name, `-${canaryHash}`, 253);
}

export function keptTemplateNameOf(deployment: string): string {
  return shortened(deployment, '-belay', 253);
}

/** The same for every rollout of one service, because its workflow ID is. */
function workflowHash(workflowId: string): string {
  return hash(workflowId);
}

/** The labels of every object that a rollout creates: those of its spec, and its owner. */
export function createdLabels(
  { ref, target }: { ref: Pick<ServiceRef, 'environment' | 'service'>; target: KubernetesTarget },
  workflowId: string,
): Record<string, string> {
  const { environment, service } = ref;
  return {
    ...target.labels,
    [labels.service]: labelValue(`${environment}.${service}`),
    [labels.workflow]: workflowHash(workflowId),
  };
}

/** What tells the pods of a canary from all others. */
export interface CanaryPods {
  workflowId: string;
  /** Absent if the canary is a Deployment. */
  canaryHash?: string;
}

/** Labels of the canary's pods, and of no others. A Deployment's selector is without labels of the user. */
export function canarySelector({ workflowId, canaryHash }: CanaryPods): Record<string, string> {
  return canaryHash === undefined
    ? { [labels.track]: 'canary', [labels.workflow]: workflowHash(workflowId) }
    : { [labels.templateHash]: canaryHash };
}

/** The canary's pods that may get requests. */
export function servingCanary(canary: CanaryPods): Record<string, string> {
  const isBare = canary.canaryHash !== undefined;
  return { ...canarySelector(canary), ...(!isBare && { [labels.serving]: 'true' }) };
}

/** The path of one annotation or label in a JSON patch. */
export function metadataPath(kind: 'annotations' | 'labels', key: string): string {
  return `/metadata/${kind}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function labelValue(text: string): string {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text) ? text : hash(text);
}

function shortened(name: string, suffix: string, longest: number): string {
  const whole = name + suffix;
  return whole.length <= longest ? whole : cut(name, hashed(name, suffix), longest);
}

function hashed(name: string, suffix: string): string {
  return `-${hash(name).slice(0, 8)}${suffix}`;
}

function cut(name: string, tail: string, longest: number): string {
  return name.slice(0, longest - tail.length).replace(/[-.]+$/, '') + tail;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
