/** What a rollout keeps on the Service that two Deployments share: it outlives every switch. */
import type { V1ObjectMeta, V1Service } from '@kubernetes/client-node';
import type { Owner } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { SpecKind } from '../../../kinds/workflow-types.ts';
import { readFence } from '../objects/fence-record.ts';
import { annotations } from '../objects/names.ts';

/** One of the two Deployments, as the rollout means it to be. */
export interface HeldColour {
  name: string;
  /** What the Service selects while this colour is live. */
  selector: Record<string, string>;
  /** Digest of the pod template that it is to run; absent for an idle one that nothing was asked of. */
  template?: string;
  /** Asked of an idle one; of a live one what it had at the claim, after which its size is its owner's business. */
  replicas?: number;
}

export interface ColoursRecord {
  format: 'colours-1';
  /** Whose workflow that is: several Belays may act on one cluster, and none may judge another's. */
  installation: string;
  workflowId: string;
  /** Of the rollout; records of earlier versions do not have it. */
  kind?: SpecKind;
  environment: string;
  service: string;
  target: KubernetesTarget;
  live: HeldColour;
  idle: HeldColour;
  /** Where the traffic goes: 0 to the live colour, 100 to the idle one, until a promotion swaps them. */
  weight: 0 | 100;
  /** When every node has surely followed the last switch: pods are taken away only then. */
  settledAtMs?: number;
  /** The rollout that made the live colour live. */
  promotedBy?: string;
}

/** Undefined on a Service that no rollout holds. */
export function readColoursRecord(metadata: V1ObjectMeta | undefined): ColoursRecord | undefined {
  const text = metadata?.annotations?.[annotations.rollout];
  if (text === undefined) return undefined;
  const record = parse(text);
  if (record?.format === 'colours-1') return record;
  throw new PlatformError(
    'conflict',
    `the annotation ${annotations.rollout} of Service ${metadata?.namespace}/${metadata?.name} was not written ` +
      'by this version of Belay; use the version that wrote it, or remove the annotation',
  );
}

export function coloursOwner({ metadata }: V1Service): Owner | undefined {
  const record = readColoursRecord(metadata);
  const fence = readFence(metadata);
  if (record === undefined || fence === undefined) return undefined;
  const { workflowId, kind } = record;
  return { ...fence, workflowId, ...(kind && { kind }) };
}

/** The live colour becomes the idle one, and the other way round; the traffic stays where it is. */
export function swapped(record: ColoursRecord): ColoursRecord {
  const { live, idle, weight } = record;
  return { ...record, live: idle, idle: live, weight: weight === 0 ? 100 : 0 };
}

/** What a Deployment was before the rollout changed it. */
export interface ColourBefore {
  replicas: number;
  /** Digest of its pod template. */
  template: string;
}

/** Undefined on a Deployment that no rollout has changed. */
export function readBefore(metadata: V1ObjectMeta | undefined): ColourBefore | undefined {
  const text = metadata?.annotations?.[annotations.before];
  return text === undefined ? undefined : (JSON.parse(text) as ColourBefore);
}

/** Whether the Deployment has been given a release, and has not been given back. */
export function isPrepared(metadata: V1ObjectMeta | undefined): boolean {
  return metadata?.annotations?.[annotations.template] !== undefined;
}

function parse(text: string): ColoursRecord | undefined {
  try {
    return JSON.parse(text) as ColoursRecord;
  } catch {
    return undefined;
  }
}
