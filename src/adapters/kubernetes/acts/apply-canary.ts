import { createHash } from 'node:crypto';
import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { CanaryRequest } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import { applyReleaseInScope } from '../objects/patch-scope.ts';
import { canaryTemplate } from '../objects/template.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import { admitTemplate } from './admit-template.ts';
import { isEmptyCanary } from './canary-objects.ts';
import type { Held } from './held.ts';
import { readHeld, requirePhase } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { canaryReplicas } from './replica-plan.ts';
import { stableTemplate } from './stable-template.ts';

/** Gives the canary's Deployment, which the claim created, its release and size; refused once it is removed. */
export async function applyCanary(act: Act, request: CanaryRequest): Promise<{ replicas: number }> {
  const held = await readHeld(act, requirePhase('claimed'));
  const template = await releaseTemplate(act, held, request.release);
  const digest = digestOf(template);
  const replicas = await canaryReplicas(act, held, request);
  try {
    const present = await act.api.get(act.canary);
    const isNew = present !== undefined && runningRelease(present) !== digest;
    const ofCanary = canaryTemplate(template, held.record.workflowId, act.target.labels);
    const admitted = isNew ? await admitTemplate(act.api, act.canary, ofCanary) : undefined;
    const wanted = { template: admitted?.template ?? ofCanary, stored: admitted?.digest };
    const written = await patchFenced(act.api, act.canary, act.fence, (found) =>
      canarySteps(act, found, { ...wanted, digest, replicas }),
    );
    if (isNew) await rememberStored(act, written);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'not-found') throw removed(act);
    throw error;
  }
  return { replicas };
}

/** Admission may store another template than in the dry run, for example with a timestamp. */
async function rememberStored(act: Act, written: V1Deployment): Promise<void> {
  const stored = written.spec && templateDigest(written.spec.template);
  const remembered = written.metadata?.annotations?.[annotations.stored];
  if (stored === undefined || remembered === stored) return;
  const path = metadataPath('annotations', annotations.stored);
  await patchFenced(act.api, act.canary, act.fence, () => [{ op: 'add', path, value: stored }]);
}

interface WantedCanary {
  template: V1PodTemplateSpec;
  /** The digest of the template that will be stored; absent if the canary seems to have it. */
  stored: string | undefined;
  /** Distinguishes templates independently of how the API server completes them. */
  digest: string;
  replicas: number;
}

function canarySteps(
  act: Act,
  found: V1Deployment,
  { template, stored, digest, replicas }: WantedCanary,
): PatchStep[] | 'as-wanted' {
  const { spec } = found;
  if (runningRelease(found) === digest) {
    if (spec?.replicas === replicas && spec.paused !== true) return 'as-wanted';
    return sizeSteps(replicas);
  }
  if (!isEmptyCanary(found)) throw ofAnotherRelease(act);
  return [
    { op: 'add', path: metadataPath('annotations', annotations.template), value: digest },
    ...(stored === undefined
      ? []
      : [
          {
            op: 'add' as const,
            path: metadataPath('annotations', annotations.stored),
            value: stored,
          },
        ]),
    { op: 'replace', path: '/spec/template', value: template },
    ...sizeSteps(replicas),
  ];
}

/** The digest of the release that it was given; undefined if it has none. */
function runningRelease(canary: V1Deployment): string | undefined {
  return isEmptyCanary(canary) ? undefined : canary.metadata?.annotations?.[annotations.template];
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
