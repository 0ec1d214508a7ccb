import { createHash } from 'node:crypto';
import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { CanaryRequest } from '../../../contracts/platform.ts';
import { PlatformError } from '../../../contracts/platform.ts';
import type { Release } from '../../../specs/release.ts';
import type { PatchStep } from '../api/cluster-api.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import { applyReleaseInScope } from '../objects/patch-scope.ts';
import { canaryTemplate } from '../objects/template.ts';
import type { Act } from './act.ts';
import { isEmptyCanary } from './canary-objects.ts';
import type { Held } from './held.ts';
import { readHeld, requirePhase } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { canaryReplicas } from './replica-plan.ts';
import { stableTemplate } from './stable-template.ts';

/** Gives the canary's Deployment, which the claim made, its release and size; refused once it is removed. */
export async function applyCanary(act: Act, request: CanaryRequest): Promise<{ replicas: number }> {
  const held = await readHeld(act, requirePhase('claimed'));
  const template = await releaseTemplate(act, held, request.release);
  const wanted = {
    template: canaryTemplate(template, held.record.workflowId),
    digest: digestOf(template),
    replicas: await canaryReplicas(act, held, request),
  };
  try {
    await patchFenced(act.api, act.canary, act.fence, (found) => canarySteps(act, found, wanted));
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'not-found') throw removed(act);
    throw error;
  }
  return { replicas: wanted.replicas };
}

interface WantedCanary {
  template: V1PodTemplateSpec;
  /** Tells one template from another however the API server completes it. */
  digest: string;
  replicas: number;
}

function canarySteps(
  act: Act,
  found: V1Deployment,
  { template, digest, replicas }: WantedCanary,
): PatchStep[] | 'as-wanted' {
  const { spec, metadata } = found;
  const runs = isEmptyCanary(found) ? undefined : metadata?.annotations?.[annotations.template];
  if (runs === digest) {
    if (spec?.replicas === replicas && spec.paused !== true) return 'as-wanted';
    return sizeSteps(replicas);
  }
  if (!isEmptyCanary(found)) throw ofAnotherRelease(act);
  return [
    { op: 'add', path: metadataPath('annotations', annotations.template), value: digest },
    { op: 'replace', path: '/spec/template', value: template },
    ...sizeSteps(replicas),
  ];
}

function sizeSteps(replicas: number): PatchStep[] {
  return [
    { op: 'add', path: '/spec/replicas', value: replicas },
    { op: 'add', path: '/spec/paused', value: false },
  ];
}

async function releaseTemplate(act: Act, held: Held, release: Release): Promise<V1PodTemplateSpec> {
  if (release.revision !== undefined)
    return keptTemplateOf(act, held, { revision: release.revision });
  return applyReleaseInScope(await stableTemplate(act, held), release, act.patchScope);
}

function digestOf(template: V1PodTemplateSpec): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 16);
}

function removed({ canary }: Act): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(canary)}, made at the claim, has been removed since; claim the service again`,
  );
}

function ofAnotherRelease({ canary }: Act): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(canary)} runs another release; remove the canary first`,
  );
}
