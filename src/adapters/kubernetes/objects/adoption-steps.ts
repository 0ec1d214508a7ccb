/** How a Deployment comes to control the canary's ReplicaSet, and loses it again. Pure. */
import type {
  V1Deployment,
  V1DeploymentStrategy,
  V1OwnerReference,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { sameTemplate } from '../state/template-revision.ts';
import { surgeOf } from '../state/update-batch.ts';
import { noteSteps, notesOn } from './canary-notes.ts';
import { annotations, metadataPath } from './names.ts';

export function isControlledBy({ metadata }: V1ReplicaSet, owner: V1Deployment): boolean {
  const controller = metadata?.ownerReferences?.find((one) => one.controller);
  return controller !== undefined && controller.uid === owner.metadata?.uid;
}

/** Whether the Deployment's controller would take this ReplicaSet for that of the current template. */
export function hasTemplateOf({ spec }: V1ReplicaSet, deployment: V1Deployment): boolean {
  const wanted = deployment.spec?.template;
  return (
    spec?.template !== undefined && wanted !== undefined && sameTemplate(spec.template, wanted)
  );
}

/** Whether the Deployment would be complete with it at once. */
export function isAvailableFor(set: V1ReplicaSet, deployment: V1Deployment): boolean {
  const { metadata, spec, status } = set;
  const wanted = deployment.spec?.replicas ?? 1;
  return (
    spec?.replicas === wanted &&
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    (status?.availableReplicas ?? 0) >= wanted
  );
}

/**
 * One write makes it the Deployment's, complete by the rules of the Deployment's controller: it scales the
 * old ReplicaSets to 0, even while the Deployment is paused. Throws `unavailable` unless all pods of the
 * Deployment's size are available. It is refused once the adoption has been abandoned.
 */
export function adoptionSteps(
  set: V1ReplicaSet,
  deployment: V1Deployment,
  strategy: V1DeploymentStrategy | undefined,
): PatchStep[] {
  const { name = '', uid = '' } = deployment.metadata ?? {};
  const wouldStore = set.metadata?.annotations?.[annotations.ofDeployment];
  if (wouldStore === undefined || !isAvailableFor(set, deployment)) throw notNow(set, deployment);
  return [
    sameOwner(set),
    { op: 'test', path: '/spec/template', value: set.spec?.template },
    { op: 'test', path: '/spec/replicas', value: set.spec?.replicas },
    { op: 'test', path: ofDeploymentPath, value: wouldStore },
    {
      op: 'replace',
      path: '/metadata/ownerReferences',
      value: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
    },
    { op: 'replace', path: '/metadata/labels', value: set.spec?.template?.metadata?.labels },
    ...sizeNotes(deployment, strategy),
    ...ofCanary.filter((key) => set.metadata?.annotations?.[key] !== undefined).map(forget),
  ];
}

/** With the size of the Deployment: only then does its controller scale the old ReplicaSets down. */
export function adoptedSizeSteps(
  set: V1ReplicaSet,
  deployment: V1Deployment,
  strategy: V1DeploymentStrategy | undefined,
): PatchStep[] | 'as-wanted' {
  const wanted = deployment.spec?.replicas ?? 1;
  const noted = desiredOf(set);
  const isTakenBack = !isControlledBy(set, deployment) || noted === undefined;
  if (isTakenBack || (set.spec?.replicas === wanted && noted === String(wanted))) {
    return 'as-wanted';
  }
  return [
    sameOwner(set),
    { op: 'test', path: desiredPath, value: noted },
    { op: 'add', path: '/spec/replicas', value: wanted },
    ...sizeNotes(deployment, strategy),
  ];
}

/**
 * It stays the Deployment's, but does not count as complete any more: for such a one the Deployment's
 * controller scales all others to 0.
 */
export function loosenSteps(set: V1ReplicaSet): PatchStep[] {
  const noted = desiredOf(set);
  if (noted === undefined) return [];
  return [
    sameOwner(set),
    { op: 'test', path: desiredPath, value: noted },
    forget(annotations.desiredReplicas),
  ];
}

/**
 * For stable's ReplicaSet: at least this size, and a note if pods of it had been stopped for this canary. Others
 * must not have scaled it since it was read.
 */
export function startAgainSteps(
  { spec }: V1ReplicaSet,
  replicas: number,
  canaryHash: string,
): PatchStep[] {
  const now = spec?.replicas ?? 0;
  const steps: PatchStep[] = [{ op: 'test', path: '/spec/replicas', value: now }];
  if (now >= replicas) return steps;
  steps.push({ op: 'replace', path: '/spec/replicas', value: replicas });
  steps.push({ op: 'add', path: stoppedPath, value: canaryHash });
  return steps;
}

/** Whether its pods were stopped, because the Deployment had adopted this canary. */
export function wasStoppedFor({ metadata }: V1ReplicaSet, canaryHash: string): boolean {
  return metadata?.annotations?.[annotations.stoppedFor] === canaryHash;
}

export function forgetStoppedSteps({ metadata }: V1ReplicaSet): PatchStep[] {
  const isNoted = metadata?.annotations?.[annotations.stoppedFor] !== undefined;
  return isNoted ? [forget(annotations.stoppedFor)] : [];
}

interface Detached {
  labels: Record<string, string>;
  /** The digest of the release that it was given. */
  release: string | undefined;
  /** How many pods it needs at least. */
  replicas: number;
}

/** A bare canary again, of this owner, never without a controller. No adoption can follow. */
export function detachSteps(
  set: V1ReplicaSet,
  owner: V1OwnerReference,
  { labels, release, replicas }: Detached,
): PatchStep[] {
  const template = set.spec?.template;
  const isTooSmall = (set.spec?.replicas ?? 0) < replicas;
  return [
    sameOwner(set),
    { op: 'replace', path: '/metadata/ownerReferences', value: [owner] },
    {
      op: 'replace',
      path: '/metadata/labels',
      value: { ...labels, ...template?.metadata?.labels },
    },
    ...noteSteps({
      ...(release !== undefined && { [annotations.template]: release }),
      ...(template && notesOn(template)),
    }),
    ...(isTooSmall ? [{ op: 'add' as const, path: '/spec/replicas', value: replicas }] : []),
  ];
}

/** An adoption that comes late is refused. */
export function renounceSteps({ metadata }: V1ReplicaSet): PatchStep[] {
  const noted = metadata?.annotations?.[annotations.ofDeployment];
  if (noted === undefined) return [];
  return [{ op: 'test', path: ofDeploymentPath, value: noted }, forget(annotations.ofDeployment)];
}

const ofCanary = [
  annotations.template,
  annotations.stored,
  annotations.given,
  annotations.ofDeployment,
];

const ofDeploymentPath = metadataPath('annotations', annotations.ofDeployment);
const desiredPath = metadataPath('annotations', annotations.desiredReplicas);
const stoppedPath = metadataPath('annotations', annotations.stoppedFor);

function desiredOf({ metadata }: V1ReplicaSet): string | undefined {
  return metadata?.annotations?.[annotations.desiredReplicas];
}

function sameOwner({ metadata }: V1ReplicaSet): PatchStep {
  return { op: 'test', path: '/metadata/ownerReferences', value: metadata?.ownerReferences };
}

function sizeNotes(
  { spec }: V1Deployment,
  strategy: V1DeploymentStrategy | undefined,
): PatchStep[] {
  const replicas = spec?.replicas ?? 1;
  const surge = surgeOf({ replicas, ...(strategy && { strategy }) });
  return [
    note(annotations.desiredReplicas, replicas),
    note(annotations.maxReplicas, replicas + surge),
  ];
}

function note(key: string, value: number): PatchStep {
  return { op: 'add', path: metadataPath('annotations', key), value: String(value) };
}

function forget(key: string): PatchStep {
  return { op: 'remove', path: metadataPath('annotations', key) };
}

function notNow({ metadata, spec, status }: V1ReplicaSet, deployment: V1Deployment): PlatformError {
  return new PlatformError(
    'unavailable',
    `ReplicaSet ${metadata?.name}, the canary, cannot be adopted now: ${status?.availableReplicas ?? 0} of its ` +
      `${spec?.replicas ?? 0} pods are available, and Deployment ${deployment.metadata?.name} wants ${deployment.spec?.replicas ?? 1}`,
  );
}
