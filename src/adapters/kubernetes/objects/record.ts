/** The record of a rollout on the user's Deployment: its owner, its progress, and the original state. */
import type { V1Deployment, V1DeploymentStrategy, V1ObjectMeta } from '@kubernetes/client-node';
import type { Owner } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { SpecKind } from '../../../kinds/workflow-types.ts';
import { readFence } from './fence-record.ts';
import { annotations, labels } from './names.ts';

/**
 * `adopting`: the paused Deployment has the release, and gets the canary's ReplicaSet. `abandoning`: that is
 * taken back. `promoting` and `reverting`: stable gets another release without traffic, while the canary
 * serves. `replacing`: stable changes while it has traffic, neither paused nor pinned.
 */
export type Phase = 'claimed' | 'adopting' | 'abandoning' | 'promoting' | 'reverting' | 'replacing';

export interface RolloutRecord {
  /** 1: the canary is a Deployment. 2: it is a ReplicaSet, which earlier versions of Belay do not know. */
  format: 1 | 2;
  /** The installation of its workflow: several may act on one cluster, and each judges only its own. */
  installation: string;
  workflowId: string;
  /** The kind of the rollout; records of earlier versions do not have it. */
  kind?: SpecKind;
  environment: string;
  service: string;
  target: KubernetesTarget;
  phase: Phase;
  /** The Deployment's own value, restored at the end. */
  paused: boolean;
  /** The template hash of stable's ReplicaSet, to which Services are pinned. */
  stableHash: string;
  /** The template hash of the canary's ReplicaSet; absent if the canary is a Deployment, or was adopted. */
  canaryHash?: string;
  /** The canary's percentage, as last achieved; not valid while a change is in progress. */
  weight: number;
  /** When routers and proxies have certainly applied the last change of weight: only then is capacity removed. */
  settledAtMs?: number;
  /** The same for a move within a promotion, if the wait is longer than one act may take. */
  followedAtMs?: number;
  /** The replicas of the Deployment when it was claimed. */
  replicas?: number;
  /** The digest of the template that the last act gave the Deployment, as the API server stored it. */
  given?: string;
  /** The replicas of stable before its size was changed for a weight, and its new size. */
  size?: { full: number; set: number; growsSinceMs?: number };
  /** The rollout whose canary became stable. */
  promotedBy?: string;
  /** The template from which a release can be restored that a promotion or a replacement replaced. */
  kept?: KeptTemplate;
  /** The Deployment's own strategy, while a promotion or a replacement needs another. */
  strategy?: V1DeploymentStrategy;
  /** The digest of the release that the canary was given, while the Deployment adopts it. */
  adopts?: string;
}

/** A template that the cluster keeps: a ReplicaSet by its template hash, or a ControllerRevision of Belay. */
export interface KeptTemplate {
  revision: number;
  hash: string;
  controllerRevision?: string;
}

/**
 * Undefined on a Deployment that no rollout owns. Kubernetes copies annotations, but not labels, to the
 * ReplicaSets of a Deployment, and `kubectl rollout undo` copies them back.
 */
export function readRecord(metadata: V1ObjectMeta | undefined): RolloutRecord | undefined {
  const text = metadata?.annotations?.[annotations.rollout];
  if (text === undefined || metadata?.labels?.[labels.held] !== 'true') return undefined;
  const record = parse(text);
  if (record?.format === 1 || record?.format === 2) return record;
  throw new PlatformError(
    'conflict',
    `the annotation ${annotations.rollout} of ${metadata.namespace}/${metadata.name} was not written ` +
      'by this version of Belay; use the version that wrote it, or remove the annotation',
  );
}

export function formatRecord(record: RolloutRecord): string {
  return JSON.stringify(record);
}

/** The owner of a Deployment, by its record and its fence. */
export function ownerOf(deployment: V1Deployment): Owner | undefined {
  const record = readRecord(deployment.metadata);
  const fence = readFence(deployment.metadata);
  if (record === undefined || fence === undefined) return undefined;
  const { workflowId, kind } = record;
  return { ...fence, workflowId, ...(kind && { kind }) };
}

function parse(text: string): RolloutRecord | undefined {
  try {
    return JSON.parse(text) as RolloutRecord;
  } catch {
    return undefined;
  }
}
