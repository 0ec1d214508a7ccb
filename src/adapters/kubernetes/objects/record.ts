/** What a rollout keeps on the user's Deployment: whose it is, how far it is, and what it found there. */
import type { V1Deployment, V1DeploymentStrategy, V1ObjectMeta } from '@kubernetes/client-node';
import type { Owner } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { SpecKind } from '../../../kinds/workflow-types.ts';
import { readFence } from './fence-record.ts';
import { annotations } from './names.ts';

/** `replacing`: stable changes under traffic, neither paused nor pinned. */
export type Phase = 'claimed' | 'promoting' | 'reverting' | 'replacing';

export interface RolloutRecord {
  format: 1;
  /** Whose workflow that is: several Belays may act on one cluster, and none may judge another's. */
  installation: string;
  workflowId: string;
  /** Of the rollout; records of earlier versions do not have it. */
  kind?: SpecKind;
  environment: string;
  service: string;
  target: KubernetesTarget;
  phase: Phase;
  /** The Deployment's own value, given back at the end. */
  paused: boolean;
  /** The template hash of the ReplicaSet that is stable: what Services are pinned to. */
  stableHash: string;
  /** Percent on the canary, as it was last achieved; tells nothing while a change is under way. */
  weight: number;
  /** When routers and proxies have surely followed the last change of weight: capacity is taken away only then. */
  settledAtMs?: number;
  /** The same of a move within a promotion, where the wait for it is longer than one act may take. */
  followedAtMs?: number;
  /** Of the Deployment when it was claimed. */
  replicas?: number;
  /** Digest of the template that the last act gave the Deployment, as the API server stored it. */
  given?: string;
  /** Replicas of stable before its size was changed for a weight, and what it was changed to. */
  size?: { full: number; set: number; growsSinceMs?: number };
  /** The rollout whose canary became stable. */
  promotedBy?: string;
  /** What brings the release back that a promotion or a replacement took away. */
  kept?: KeptTemplate;
  /** The Deployment's own strategy, while a promotion or a replacement needs another. */
  strategy?: V1DeploymentStrategy;
}

/** A template that the cluster keeps: a ReplicaSet by its template hash, or a ControllerRevision of ours. */
export interface KeptTemplate {
  revision: number;
  hash: string;
  controllerRevision?: string;
}

/** Undefined on a Deployment that no rollout holds. */
export function readRecord(metadata: V1ObjectMeta | undefined): RolloutRecord | undefined {
  const text = metadata?.annotations?.[annotations.rollout];
  if (text === undefined) return undefined;
  const record = parse(text);
  if (record?.format === 1) return record;
  throw new PlatformError(
    'conflict',
    `the annotation ${annotations.rollout} of ${metadata?.namespace}/${metadata?.name} was not written ` +
      'by this version of Belay; use the version that wrote it, or remove the annotation',
  );
}

export function formatRecord(record: RolloutRecord): string {
  return JSON.stringify(record);
}

/** Who holds a Deployment now, by its record and its fence. */
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
