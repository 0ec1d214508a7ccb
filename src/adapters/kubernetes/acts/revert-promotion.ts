import type { UpdateProgress } from '../../../contracts/platform.ts';
import { PlatformError } from '../../../contracts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { pointingOf } from '../objects/pointing.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { awaitEndpoints, readyPods } from './endpoints.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld, requirePhase } from './held.ts';
import { keptTemplateOf } from './kept-template.ts';
import { pointServices, raiseServices, servicesOf } from './services.ts';
import { settleMsOf, untilSettled } from './settled.ts';

/** Gives stable its previous release back. Always leaves its fence, so that no promotion can follow. */
export async function revertPromotion(act: Act): Promise<UpdateProgress> {
  await readHeld(act, requirePhase('claimed', 'promoting', 'reverting'));
  const held = await patchHeld(act, () => ({}));
  await raiseServices(act, held);
  if (held.record.phase === 'claimed') return 'done';
  if (held.record.phase === 'reverting') return 'under-way';
  await moveTrafficOff(act, held);
  const { kept } = held.record;
  if (kept === undefined) throw nothingKept(act);
  const template = await keptTemplateOf(act, held, { hash: kept.hash });
  await patchHeld(act, () => ({
    record: { phase: 'reverting', promotedBy: undefined },
    steps: [
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'add', path: '/spec/paused', value: false },
    ],
  }));
  return 'under-way';
}

/**
 * Stable's pods are about to be replaced: the canary carries the traffic, as it does but for a
 * settling that had begun. One that is not ready leaves it to all pods there are.
 */
async function moveTrafficOff(act: Act, held: Held): Promise<void> {
  const { canary } = await readyPods(act, held.record);
  const pointing = canary.length > 0 ? 'canary' : 'both';
  const services = await servicesOf(act, held);
  const moves = services.some((service) => pointingOf(service, held.record) !== pointing);
  await pointServices(act, held, pointing);
  if (canary.length === 0) return;
  await awaitEndpoints(act, held, 'canary', quickWaitMs);
  if (moves) await untilSettled(act, act.nowMs() + settleMsOf(act));
}

function nothingKept(act: Act): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(act.stable)} has no previous release to go back to`,
  );
}
