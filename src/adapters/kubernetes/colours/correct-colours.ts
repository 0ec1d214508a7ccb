import type { V1Deployment } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import type { Workload } from '../state/service-objects.ts';
import { awaitReached } from './await-colours.ts';
import type { ColoursAct } from './colours-act.ts';
import { patchColour } from './colours-act.ts';
import { isEdited, isStopped, lacksPods } from './colours-drift.ts';
import { collectColours } from './colours-objects.ts';
import type { HeldColour } from './colours-record.ts';
import { hasCanary } from './colours-state.ts';
import { patchHeldColours, readHeldColours } from './held-colours.ts';
import { pointed } from './switch-colours.ts';
import { templateOf } from './template-of.ts';

/** Undoes the changes of others: first templates and sizes, then the destination of the traffic. */
export async function correctColours(act: ColoursAct): Promise<void> {
  const { record } = await readHeldColours(act);
  const objects = await collectColours(act.api, act.ref);
  if (objects !== undefined) {
    const { replicas, ...live } = record.live;
    const isTaken = isStopped(objects.stable.deployment, record.live);
    await correct(
      act,
      objects.stable,
      isTaken && replicas !== undefined ? { ...live, replicas } : live,
    );
    if (hasCanary(objects)) await correct(act, objects.canary, record.idle);
  }
  const held = await patchHeldColours(act, (present) => pointed(present, present.record.weight));
  await awaitReached(act, held.record);
}

async function correct(act: ColoursAct, workload: Workload, colour: HeldColour): Promise<void> {
  const isOff = (deployment: V1Deployment) =>
    isEdited(deployment, colour) || lacksPods(deployment, colour);
  if (!isOff(workload.deployment)) return;
  const template = templateOf(workload, colour.template);
  await patchColour(act, colour.name, (found): PatchStep[] => [
    ...(isEdited(found, colour)
      ? [{ op: 'replace' as const, path: '/spec/template', value: template }]
      : []),
    ...(lacksPods(found, colour)
      ? [{ op: 'add' as const, path: '/spec/replicas', value: colour.replicas }]
      : []),
  ]);
}
