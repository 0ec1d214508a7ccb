import { createHash } from 'node:crypto';
import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { CanaryRequest } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { admitTemplate } from '../acts/admit-template.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import { applyReleaseInScope } from '../objects/patch-scope.ts';
import { withoutHash } from '../objects/template.ts';
import { revisionOf, templateDigest } from '../state/template-revision.ts';
import { inColour } from './colour-template.ts';
import type { ColoursAct } from './colours-act.ts';
import { deploymentRef, patchColour } from './colours-act.ts';
import { collectColours, type ColoursObjects } from './colours-objects.ts';
import { readBefore, type ColoursRecord } from './colours-record.ts';
import { patchHeldColours, readHeldColours } from './held-colours.ts';
import { templateOf } from './template-of.ts';

/** Gives the idle colour its release and size. Its previous state is recorded on it, to be restored. */
export async function applyToIdle(
  act: ColoursAct,
  { release, replicas: asked }: CanaryRequest,
): Promise<{ replicas: number }> {
  const { record } = await readHeldColours(act);
  const objects = await collectColours(act.api, act.ref);
  if (objects === undefined) throw gone(record);
  const replicas = typeof asked === 'number' ? asked : fullSize(objects, asked.forWeight);
  const asking = digestOf(release, record);
  const idle = await act.api.getLive(deploymentRef(act, record.idle.name));
  const isNew = markOf(idle) !== asking;
  const wanted = isNew ? releaseTemplate(act, objects, record, release) : undefined;
  const to = deploymentRef(act, record.idle.name);
  const template = wanted && (await admitTemplate(act.api, to, wanted)).template;
  const written = await patchColour(act, record.idle.name, (found) =>
    idleSteps(found, { asking, template, replicas }),
  );
  await patchHeldColours(act, ({ record: present }) => {
    const digest = present.idle.template ?? digestOfTemplate(written);
    return { record: { ...present, idle: { ...present.idle, template: digest, replicas } } };
  });
  return { replicas };
}

interface WantedIdle {
  /** Identifies what was requested, even if revision numbers have changed since. */
  asking: string;
  /** Absent: the Deployment has it already. */
  template: V1PodTemplateSpec | undefined;
  replicas: number;
}

function idleSteps(found: V1Deployment, { asking, template, replicas }: WantedIdle): PatchStep[] {
  const { metadata, spec } = found;
  const mark = markOf(found);
  const size: PatchStep[] =
    spec?.replicas === replicas ? [] : [{ op: 'add', path: '/spec/replicas', value: replicas }];
  if (mark === asking) return size;
  if (mark !== undefined || template === undefined) throw ofAnotherRelease(found);
  if (spec?.paused) throw paused(found);
  const before = { replicas: spec?.replicas ?? 1, template: digestOfTemplate(found) };
  return [
    { op: 'test', path: '/metadata/generation', value: metadata?.generation },
    { op: 'add', path: metadataPath('annotations', annotations.template), value: asking },
    {
      op: 'add',
      path: metadataPath('annotations', annotations.before),
      value: JSON.stringify(before),
    },
    { op: 'replace', path: '/spec/template', value: template },
    ...size,
  ];
}

/** What the idle colour gets. */
export function releaseTemplate(
  { patchScope }: ColoursAct,
  objects: ColoursObjects,
  { live, idle }: ColoursRecord,
  release: Release,
): V1PodTemplateSpec {
  const { stable, canary } = objects;
  if (release.revision !== undefined) return keptTemplate(objects, release.revision);
  const recolouring = {
    from: stable.deployment,
    to: canary.deployment,
    keys: Object.keys(idle.selector),
  };
  const template = templateOf(stable, live.template);
  return inColour(applyReleaseInScope(template, release, patchScope), recolouring);
}

/** The idle colour's own template, or that of one of its ReplicaSets. */
function keptTemplate({ canary }: ColoursObjects, revision: number): V1PodTemplateSpec {
  const { deployment, replicaSets } = canary;
  const found = [deployment, ...replicaSets].find((one) => revisionOf(one) === revision);
  if (found?.spec?.template) return withoutHash(found.spec.template);
  throw new PlatformError(
    'conflict',
    `Deployment ${deployment.metadata?.name ?? ''} no longer keeps its revision ${revision}; deploy that release again instead`,
  );
}

/** As large as the live colour is, or was before a promotion stopped it. */
function fullSize({ stable: { deployment } }: ColoursObjects, forWeight: number): number {
  if (forWeight !== 100) {
    throw new PlatformError(
      'invalid',
      `two colours take all of the traffic or none, not ${forWeight}%`,
    );
  }
  const replicas = deployment.spec?.replicas ?? 1;
  return replicas === 0 ? (readBefore(deployment.metadata)?.replicas ?? 0) : replicas;
}

function digestOf(release: Release, { live }: ColoursRecord): string {
  const text = JSON.stringify([release, live.template]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function markOf(deployment: V1Deployment | undefined): string | undefined {
  return deployment?.metadata?.annotations?.[annotations.template];
}

function digestOfTemplate({ spec }: V1Deployment): string {
  return spec ? templateDigest(spec.template) : '';
}

function ofAnotherRelease({ metadata }: V1Deployment): PlatformError {
  return new PlatformError(
    'conflict',
    `Deployment ${metadata?.name ?? ''} runs another release; remove the canary first`,
  );
}

function paused({ metadata }: V1Deployment): PlatformError {
  return new PlatformError(
    'conflict',
    `Deployment ${metadata?.name ?? ''} was paused, so it would not roll out a release; resume it`,
  );
}

function gone({ live, idle }: ColoursRecord): PlatformError {
  return new PlatformError(
    'not-found',
    `Deployment ${live.name} or ${idle.name} was deleted while a rollout owns both`,
  );
}
