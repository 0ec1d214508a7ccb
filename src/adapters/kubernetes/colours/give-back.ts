/** Restores the idle colour and releases both colours. */
import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { releaseAutoscaler } from '../acts/autoscaler.ts';
import { untilSettled } from '../acts/settled.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { annotations, labels, metadataPath } from '../objects/names.ts';
import { templateDigest } from '../state/template-revision.ts';
import { awaitReached, awaitStopped } from './await-colours.ts';
import type { ColoursAct } from './colours-act.ts';
import { deploymentRef, patchColour, patchColourIfThere } from './colours-act.ts';
import { collectColours } from './colours-objects.ts';
import { isPrepared, readBefore, type ColourBefore, type ColoursRecord } from './colours-record.ts';
import { isHeldBy, patchHeldColours, readHeldColours } from './held-colours.ts';
import { templateOf } from './template-of.ts';

/** Removes the release from the idle colour: it gets its previous template and size. */
export async function restoreIdle(act: ColoursAct): Promise<void> {
  const { record } = await readHeldColours(act);
  if (record.weight !== 0) throw stillServes(record);
  const { name, selector } = record.idle;
  const idle = await act.api.getLive(deploymentRef(act, name));
  const before = readBefore(idle?.metadata);
  if (before === undefined || !isPrepared(idle?.metadata)) {
    await patchColourIfThere(act, name, () => []);
  } else {
    await awaitReached(act, record);
    await untilSettled(act, record.settledAtMs);
    const template = await templateBefore(act, before);
    await stopRelease(act, name, before);
    await patchColourIfThere(act, name, (found) => restoreSteps(found, before, template));
    await awaitStopped(act, name, before.replicas);
  }
  await patchHeldColours(act, ({ record: present }) => ({
    record: { ...present, idle: { name, selector } },
  }));
}

/** Does nothing for a rollout that does not own them. The Service is released last. */
export async function releaseColours(act: ColoursAct): Promise<void> {
  const { api, chooser, fence } = act;
  if (!isHeldBy(await api.get(chooser), fence) && !isHeldBy(await api.getLive(chooser), fence)) {
    return;
  }
  const { record } = await readHeldColours(act);
  const idle = await api.getLive(deploymentRef(act, record.idle.name));
  if (isPrepared(idle?.metadata)) throw stillPrepared(record);
  for (const { name } of [record.live, record.idle]) {
    await patchColourIfThere(act, name, forgetSteps);
    await releaseAutoscaler({ ...act, stable: deploymentRef(act, name) });
  }
  await patchFenced(api, chooser, fence, ({ metadata }) => {
    const isLabelled = metadata?.labels?.[labels.held] !== undefined;
    return [
      ...removal(metadata?.annotations, annotations.rollout),
      ...(isLabelled ? [{ op: 'remove' as const, path: metadataPath('labels', labels.held) }] : []),
    ];
  });
}

/** Pods of the release must not stay because those of the previous template do not become ready. */
async function stopRelease(act: ColoursAct, name: string, before: ColourBefore): Promise<void> {
  if (before.replicas === 0) return;
  const isOther = ({ metadata, spec }: V1Deployment) =>
    isPrepared(metadata) && spec !== undefined && templateDigest(spec.template) !== before.template;
  const stopped = await patchColour(act, name, (found) =>
    isOther(found) ? [{ op: 'add', path: '/spec/replicas', value: 0 }] : [],
  );
  if (isOther(stopped)) await awaitStopped(act, name, 0);
}

async function templateBefore(act: ColoursAct, before: ColourBefore): Promise<V1PodTemplateSpec> {
  const objects = await collectColours(act.api, act.ref);
  if (objects !== undefined) return templateOf(objects.canary, before.template);
  throw new PlatformError('not-found', `there is no Service ${act.chooser.name} any more`);
}

function restoreSteps(
  found: V1Deployment,
  before: ColourBefore,
  template: V1PodTemplateSpec,
): PatchStep[] {
  if (!isPrepared(found.metadata)) return [];
  const present = found.spec && templateDigest(found.spec.template);
  return [
    ...(present === before.template
      ? []
      : [{ op: 'replace' as const, path: '/spec/template', value: template }]),
    { op: 'add', path: '/spec/replicas', value: before.replicas },
    ...forgetSteps(found),
  ];
}

function forgetSteps({ metadata }: V1Deployment): PatchStep[] {
  return [annotations.template, annotations.before].flatMap((key) =>
    removal(metadata?.annotations, key),
  );
}

function removal(present: Record<string, string> | undefined, key: string): PatchStep[] {
  return present?.[key] === undefined
    ? []
    : [{ op: 'remove', path: metadataPath('annotations', key) }];
}

function stillServes({ idle }: ColoursRecord): PlatformError {
  return new PlatformError(
    'conflict',
    `Deployment ${idle.name} still gets all of the traffic; set its weight to 0 first`,
  );
}

function stillPrepared({ idle }: ColoursRecord): PlatformError {
  return new PlatformError(
    'conflict',
    `Deployment ${idle.name} still has the release of a rollout; remove the canary first`,
  );
}
