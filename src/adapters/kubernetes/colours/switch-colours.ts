import { isDeepStrictEqual } from 'node:util';
import type { V1Service } from '@kubernetes/client-node';
import type { WeightOutcome } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { settleMsOf } from '../acts/settled.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { awaitIdleReady, awaitLiveWhole, awaitReached } from './await-colours.ts';
import type { ColoursAct } from './colours-act.ts';
import { patchColour, patchColourIfThere } from './colours-act.ts';
import { isStopped, wantedSelector } from './colours-drift.ts';
import { isPrepared, readBefore, type ColoursRecord } from './colours-record.ts';
import type { HeldColours, HeldColoursChange } from './held-colours.ts';
import { patchHeldColours, readHeldColours } from './held-colours.ts';

/** One write moves all traffic: to the idle colour when it is ready, or back to the live one. */
export async function switchColours(act: ColoursAct, weight: number): Promise<WeightOutcome> {
  if (weight === 0) return switchBack(act);
  if (weight === 100) return switchOver(act);
  throw new PlatformError(
    'invalid',
    `Service ${act.chooser.name} selects one of two colours: a weight of ${weight}% is not possible, only 0 and 100`,
  );
}

async function switchOver(act: ColoursAct): Promise<WeightOutcome> {
  await readHeldColours(act);
  await awaitIdleReady(act);
  await patchHeldColours(act, (held) => {
    requireKnown(held);
    return pointed(held, 100);
  });
  return arrived(act);
}

/**
 * The undo. The live Deployment comes first, because a promotion may be about to stop it. The fence of
 * the idle one is raised too, against late writes to it.
 */
async function switchBack(act: ColoursAct): Promise<WeightOutcome> {
  const { record } = await readHeldColours(act);
  await patchColour(act, record.live.name, (found) => {
    const { metadata, spec } = found;
    const before = isPrepared(metadata) ? undefined : readBefore(metadata);
    const full = isStopped(found, record.live) ? record.live.replicas : before?.replicas;
    if (full === undefined || (spec?.replicas ?? 1) >= full) return [];
    return [{ op: 'add', path: '/spec/replicas', value: full }];
  });
  await patchColourIfThere(act, record.idle.name, () => []);
  if (record.promotedBy === undefined) await awaitLiveWhole(act);
  await patchHeldColours(act, (held) => pointed(held, 0));
  return arrived(act);
}

/** Always leaves its fence, so that later snapshots are distinguished from earlier ones. */
async function arrived(act: ColoursAct): Promise<WeightOutcome> {
  const { record } = await readHeldColours(act);
  await awaitReached(act, record);
  await patchHeldColours(act, ({ record: present }) => ({
    record: { settledAtMs: act.nowMs() + settleMsOf(act), ...present },
  }));
  return { verified: true, weight: record.weight };
}

/** Points the Service there and records it in one write. */
export function pointed(
  { service, record }: HeldColours,
  weight: ColoursRecord['weight'],
): HeldColoursChange {
  const { settledAtMs: _of, ...unsettled } = record;
  const wanted: ColoursRecord = { ...unsettled, weight };
  const selector = wantedSelector(wanted);
  if (record.weight === weight && selectsNow(service, selector)) return {};
  const steps: PatchStep[] = [
    { op: 'test', path: '/spec/selector', value: service.spec?.selector },
    { op: 'add', path: '/spec/selector', value: selector },
  ];
  return { record: wanted, steps };
}

/** Only an undo overwrites a selector that someone else wrote. */
function requireKnown({ service, record: { live, idle } }: HeldColours): void {
  if ([live, idle].some(({ selector }) => selectsNow(service, selector))) return;
  const { namespace, name } = service.metadata ?? {};
  throw new PlatformError(
    'conflict',
    `the selector of Service ${namespace}/${name} is that of neither colour: ` +
      `${JSON.stringify(service.spec?.selector)}; someone changed it`,
  );
}

function selectsNow({ spec }: V1Service, selector: Record<string, string>): boolean {
  return isDeepStrictEqual({ ...spec?.selector }, selector);
}
