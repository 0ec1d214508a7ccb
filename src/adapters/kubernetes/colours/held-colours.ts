/** The Service while a rollout owns it, and with it both colours. */
import type { V1Service } from '@kubernetes/client-node';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { readFence, requireFence } from '../objects/fence-record.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import type { ColoursAct } from './colours-act.ts';
import type { ColoursRecord } from './colours-record.ts';
import { readColoursRecord } from './colours-record.ts';

export interface HeldColours {
  service: V1Service;
  record: ColoursRecord;
}

/** The changes of an act. */
export interface HeldColoursChange {
  record?: ColoursRecord;
  steps?: PatchStep[];
}

/** The Service, which this rollout must own. Before a refusal, the cached owner is confirmed with the API server. */
export async function readHeldColours(act: ColoursAct): Promise<HeldColours> {
  const cached = await act.api.get(act.chooser);
  try {
    return requireHeld(act, cached);
  } catch {
    return requireHeld(act, await act.api.getLive(act.chooser));
  }
}

/** One fenced write on the Service; `{}` only raises the fence. */
export async function patchHeldColours(
  act: ColoursAct,
  change: (held: HeldColours) => HeldColoursChange | 'as-wanted',
): Promise<HeldColours> {
  const service = await patchFenced(act.api, act.chooser, act.fence, (found) => {
    const held = requireHeld(act, found);
    const wanted = change(held);
    return wanted === 'as-wanted'
      ? wanted
      : [...recordSteps(held, wanted), ...(wanted.steps ?? [])];
  });
  return requireHeld(act, service);
}

export function isHeldBy(service: V1Service | undefined, { rolloutId }: Fence): boolean {
  return (
    service !== undefined &&
    readColoursRecord(service.metadata) !== undefined &&
    readFence(service.metadata)?.rolloutId === rolloutId
  );
}

function requireHeld({ chooser, fence }: ColoursAct, service: V1Service | undefined): HeldColours {
  const what = nameOf(chooser);
  if (service === undefined) throw new PlatformError('not-found', `there is no ${what}`);
  const stored = readFence(service.metadata);
  requireFence(stored, fence, what);
  const record = readColoursRecord(service.metadata);
  if (record !== undefined && stored?.rolloutId === fence.rolloutId) return { service, record };
  const who = record && stored ? `rollout ${stored.rolloutId} does` : 'no rollout does';
  throw new PlatformError(
    'stale-fence',
    `rollout ${fence.rolloutId} does not own ${what}: ${who}; claim it first`,
  );
}

function recordSteps({ record }: HeldColours, { record: changed }: HeldColoursChange): PatchStep[] {
  if (changed === undefined) return [];
  const value = JSON.stringify(changed);
  if (value === JSON.stringify(record)) return [];
  return [{ op: 'add', path: metadataPath('annotations', annotations.rollout), value }];
}
