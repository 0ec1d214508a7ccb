import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { settleMsOf, untilSettled } from '../acts/settled.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import { templateDigest } from '../state/template-revision.ts';
import { awaitIdleReady, awaitReached, awaitStopped } from './await-colours.ts';
import type { ColoursAct } from './colours-act.ts';
import { patchColour } from './colours-act.ts';
import { coloursDrift } from './colours-drift.ts';
import { collectColours } from './colours-objects.ts';
import { swapped, type ColoursRecord } from './colours-record.ts';
import { patchHeldColours, readHeldColours } from './held-colours.ts';

/**
 * The colour that has the traffic becomes the live one. The old one is scaled to 0 and keeps its
 * template; then one write of the record is the commit point. Before that write, weight 0 restores
 * everything.
 */
export async function promoteColours(act: ColoursAct): Promise<UpdateProgress> {
  const { record } = await readHeldColours(act);
  if (record.promotedBy === act.fence.rolloutId) return 'done';
  requireSwitched(record);
  await requireNoDrift(act);
  await awaitIdleReady(act);
  await awaitReached(act, record);
  await untilSettled(act, record.settledAtMs ?? act.nowMs() + settleMsOf(act));
  await stop(act, record.live.name);
  await awaitStopped(act, record.live.name, 0);
  await requireNoDrift(act);
  await patchHeldColours(act, ({ record: present }) => {
    requireSwitched(present);
    const { settledAtMs: _of, ...rest } = present;
    return { record: { ...swapped(rest), promotedBy: act.fence.rolloutId } };
  });
  return 'done';
}

/** The release that has the traffic must be the one that went through the stages; else a person decides. */
async function requireNoDrift({ api, ref }: ColoursAct): Promise<void> {
  const objects = await collectColours(api, ref);
  const drift = objects ? coloursDrift(objects) : [];
  if (drift.length > 0) throw new PlatformError('drifted', drift.join('; '));
}

async function stop(act: ColoursAct, name: string): Promise<void> {
  await patchColour(act, name, ({ metadata, spec }) => {
    if (spec === undefined || spec.replicas === 0) return [];
    const path = metadataPath('annotations', annotations.before);
    const before = { replicas: spec.replicas ?? 1, template: templateDigest(spec.template) };
    return [
      ...(metadata?.annotations?.[annotations.before] === undefined
        ? [{ op: 'add' as const, path, value: JSON.stringify(before) }]
        : []),
      { op: 'test', path: '/metadata/generation', value: metadata?.generation },
      { op: 'add', path: '/spec/replicas', value: 0 },
    ];
  });
}

function requireSwitched({ weight }: ColoursRecord): void {
  if (weight === 100) return;
  throw new PlatformError(
    'conflict',
    'the idle colour does not have the traffic; only one at 100% can be promoted',
  );
}
