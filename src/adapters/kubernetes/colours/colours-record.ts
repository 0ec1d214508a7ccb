/** The record of a rollout on the Service that two Deployments share; the Service outlives every switch. */
import type { V1ObjectMeta, V1Service } from '@kubernetes/client-node';
import type { Owner } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { SpecKind } from '../../../kinds/workflow-types.ts';
import { readFence } from '../objects/fence-record.ts';
import { annotations } from '../objects/names.ts';

/** One of the two Deployments, in the state that the rollout wants. */
export interface HeldColour {
  name: string;
  /** The Service's selector while this colour is live. */
  selector: Record<string, string>;
  /** The digest of the pod template that it should run; absent for an idle colour without a release. */
  template?: string;
  /** The size that an idle colour should have; for a live one its size at the claim, which others may change. */
  replicas?: number;
}

export interface ColoursRecord {
  format: 'colours-1';
  /** The installation of its workflow: several may act on one cluster, and each judges only its own. */
  installation: string;
  workflowId: string;
  /** The kind of the rollout; records of earlier versions do not have it. */
  kind?: SpecKind;
  environment: string;
  service: string;
  target: KubernetesTarget;
  live: HeldColour;
  idle: HeldColour;
  /** Where the traffic goes: 0 to the live colour, 100 to the idle one, until a promotion swaps them. */
  weight: 0 | 100;
  /** When every node has certainly applied the last switch: only then are pods removed. */
  settledAtMs?: number;
  /** The rollout that made the live colour live. */
  promotedBy?: string;
}

/** Undefined on a Service that no rollout owns. */
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

/** Swaps the live and the idle colour; the traffic stays where it is. */
export function swapped(record: ColoursRecord): ColoursRecord {
  const { live, idle, weight } = record;
  return { ...record, live: idle, idle: live, weight: weight === 0 ? 100 : 0 };
}

/** The state of a Deployment before the rollout changed it. */
export interface ColourBefore {
  replicas: number;
  /** The digest of its pod template. */
  template: string;
}

/** Undefined on a Deployment that no rollout has changed. */
export function readBefore(metadata: V1ObjectMeta | undefined): ColourBefore | undefined {
  const text = metadata?.annotations?.[annotations.before];
  return text === undefined ? undefined : (JSON.parse(text) as ColourBefore);
}

/** Whether the Deployment has been given a release that has not been undone. */
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
