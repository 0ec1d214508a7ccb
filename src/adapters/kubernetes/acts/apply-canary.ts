import { createHash } from 'node:crypto';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { CanaryRequest } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import type { ObjectRef, PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { noteSteps, notesOn } from '../objects/canary-notes.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations } from '../objects/names.ts';
import { applyReleaseInScope } from '../objects/patch-scope.ts';
import { bareCanaryTemplate, canaryTemplate } from '../objects/template.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { admitTemplate } from './admit-template.ts';
import {
  canaryDeploymentOf,
  isEmptyCanary,
  type CanaryKind,
  requiredCanaryOf,
  type CanaryWorkload,
} from './canary-workload.ts';
import type { Held } from './held.ts';
import { readHeld, requirePhase } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { canaryReplicas } from './replica-plan.ts';
import { stableTemplate } from './stable-template.ts';

/** Gives the canary, which the claim created, its release and size; refused once it is removed. */
export async function applyCanary(act: Act, request: CanaryRequest): Promise<{ replicas: number }> {
  const held = await readHeld(act, requirePhase('claimed'));
  const template = await releaseTemplate(act, held, request.release);
  const digest = digestOf(template);
  const replicas = await canaryReplicas(act, held, request);
  const canary = requiredCanaryOf(act, held.record);
  try {
    const present = await act.api.get(canary);
    const isNew = present === undefined || runningRelease(present) !== digest;
    const wanted = isNew ? await admittedCanary(act, held, template) : undefined;
    const written = await patchFenced(act.api, canary, act.fence, (found) =>
      canarySteps(canary, found, { wanted, digest, replicas }),
    );
    if (isNew) await rememberStored(act, canary, written);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'not-found') throw removed(canary);
    throw error;
  }
  return { replicas };
}

/** A template as it is written to the canary, and what is noted about it. */
interface WantedTemplate {
  template: V1PodTemplateSpec;
  notes: Record<string, string>;
}

/**
 * A ReplicaSet gets what the user's Deployment would store for the release: its pods are to be those that
 * the Deployment would create, so that it can adopt them.
 */
async function admittedCanary(
  act: Act,
  { record }: Held,
  release: V1PodTemplateSpec,
): Promise<WantedTemplate> {
  const { labels } = act.target;
  if (record.canaryHash === undefined) {
    const dressed = canaryTemplate(release, record.workflowId, labels);
    const { template, digest } = await admitTemplate(act.api, canaryDeploymentOf(act), dressed);
    return { template, notes: { [annotations.stored]: digest } };
  }
  const { stored, digest } = await admitTemplate(act.api, act.stable, release);
  const template = bareCanaryTemplate(stored, record.canaryHash, labels);
  return { template, notes: { ...notesOn(template), [annotations.ofDeployment]: digest } };
}

/** Admission may store another template than in the dry run, for example with a timestamp. */
async function rememberStored(
  act: Act,
  canary: ObjectRef<CanaryKind>,
  { metadata, spec }: CanaryWorkload,
): Promise<void> {
  const template = spec?.template;
  if (template === undefined) return;
  const stored = templateDigest(template);
  if (metadata?.annotations?.[annotations.stored] === stored) return;
  const notes =
    canary.kind === 'replicasets' ? notesOn(template) : { [annotations.stored]: stored };
  await patchFenced(act.api, canary, act.fence, () => noteSteps(notes));
}

interface WantedCanary {
  /** Absent if the canary seems to have it. */
  wanted: WantedTemplate | undefined;
  /** Distinguishes templates independently of how the API server completes them. */
  digest: string;
  replicas: number;
}

function canarySteps(
  canary: ObjectRef<CanaryKind>,
  found: CanaryWorkload,
  { wanted, digest, replicas }: WantedCanary,
): PatchStep[] | 'as-wanted' {
  const { spec } = found;
  if (runningRelease(found) === digest) {
    const isPaused = spec !== undefined && 'paused' in spec && spec.paused;
    return spec?.replicas === replicas && !isPaused ? 'as-wanted' : sizeSteps(canary, replicas);
  }
  if (!isEmptyCanary(found)) throw ofAnotherRelease(canary);
  if (wanted === undefined) throw createdAgain(canary);
  return [
    ...noteSteps({ [annotations.template]: digest, ...wanted.notes }),
    { op: 'replace', path: '/spec/template', value: wanted.template },
    ...sizeSteps(canary, replicas),
  ];
}

/** The digest of the release that it was given; undefined if it has none. */
function runningRelease(canary: CanaryWorkload): string | undefined {
  return isEmptyCanary(canary) ? undefined : canary.metadata?.annotations?.[annotations.template];
}

function sizeSteps({ kind }: ObjectRef<CanaryKind>, replicas: number): PatchStep[] {
  const size: PatchStep = { op: 'add', path: '/spec/replicas', value: replicas };
  if (kind === 'replicasets') return [size];
  return [size, { op: 'add', path: '/spec/paused', value: false }];
}

async function releaseTemplate(act: Act, held: Held, release: Release): Promise<V1PodTemplateSpec> {
  if (release.revision !== undefined)
    return keptTemplateOf(act, held, { revision: release.revision });
  return applyReleaseInScope(await stableTemplate(act, held), release, act.patchScope);
}

function digestOf(template: V1PodTemplateSpec): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 16);
}

function removed(canary: ObjectRef<CanaryKind>): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(canary)}, made at the claim, has been removed since; claim the service again`,
  );
}

function createdAgain(canary: ObjectRef<CanaryKind>): PlatformError {
  return new PlatformError('unavailable', `${nameOf(canary)} was created again just now`);
}

function ofAnotherRelease(canary: ObjectRef<CanaryKind>): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(canary)} runs another release; remove the canary first`,
  );
}
