import type { WeightOutcome } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { readFence } from '../objects/fence-record.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { isScaledToZero } from '../state/drift.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import {
  allowStableEndpoints,
  awaitOffCanary,
  awaitStable,
  leadToStable,
  readyPods,
} from './endpoints.ts';
import type { Held, HeldChange } from './held.ts';
import { isUnmarked, patchHeld, readHeld, requirePhase } from './held.ts';
import { fullSize, sizeSteps } from './replica-plan.ts';
import { routeWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleBeforeNext } from './settle-move.ts';
import { settleMsOf } from './settled.ts';

/**
 * The undo: raises the fence on everything that an act before it may still be writing to, the
 * Deployment first, whose template would otherwise change under the traffic that comes back to it.
 */
export async function restoreStable(act: Act): Promise<WeightOutcome> {
  if (await isUnmarked(act)) return atStable;
  const found = await readHeld(act, requirePhase('claimed'));
  const isCarriedOn = readFence(found.deployment.metadata)?.step === act.fence.step;
  const held = await unlessGone(
    patchHeld(act, (present) => {
      const grown = growToFull(act, present);
      if (isCarriedOn) return grown;
      // What an act before this one waited for does not shorten this one's wait.
      return { ...grown, record: { ...grown.record, followedAtMs: undefined } };
    }),
  );
  if (held === undefined) return atStable;
  const { outcome, moved } = await moveToStable(act, held, isCarriedOn);
  await raiseCanary(act);
  await recordRestored(act, moved || isCarriedOn);
  return outcome;
}

const atStable = { verified: true, weight: 0 } as const;

interface Moved {
  outcome: WeightOutcome;
  /** Whether traffic was anywhere else before. */
  moved: boolean;
}

/**
 * What would take traffic off the canary at once is not kept waiting by anything else. A route
 * follows Services that have only just moved once these have settled, while the canary keeps serving.
 */
async function moveToStable(act: Act, held: Held, isCarriedOn: boolean): Promise<Moved> {
  const route = await act.router?.read();
  const isRouteFirst = (await leadToStable(act, held, route?.service)).isRoutedReady;
  const routed = isRouteFirst ? await moveRoute(act) : undefined;
  await awaitStable(act, held, await stableWait(act, held));
  const moved = await pointServices(act, held, 'stable', { undo: true });
  await awaitOffCanary(act, held);
  await allowStableEndpoints(act, held);
  if (routed !== undefined) return { ...routed, moved: moved || routed.moved };
  if (route?.leadsToCanary) {
    await requireRouted(act, held, route.service);
    if (moved || isCarriedOn) await settleBeforeNext(act, moved);
  }
  const { outcome, moved: changed } = await moveRoute(act);
  return { outcome, moved: moved || changed };
}

/** A route is not moved from a canary that serves to a Service without a ready pod. */
async function requireRouted(act: Act, held: Held, service: string | undefined): Promise<void> {
  const { stable, canary } = await readyPods(act, held.record);
  if (service === undefined || stable.length === 0 || canary.length === 0) return;
  if ((await leadToStable(act, held, service)).isRoutedReady) return;
  throw new PlatformError(
    'unavailable',
    `Service ${service} does not lead to a ready pod of ${act.stable.name} yet; the canary serves until it does`,
  );
}

async function moveRoute(act: Act): Promise<Moved> {
  if (act.router === undefined) return { outcome: atStable, moved: false };
  const { outcome, changed } = await routeWeight(act, act.router, 0);
  return { outcome, moved: changed };
}

async function stableWait(act: Act, held: Held) {
  const { size } = held.record;
  const sinceMs = size?.growsSinceMs ?? act.nowMs();
  const isLed = (await act.router?.read())?.leadsToCanary ?? false;
  return {
    wanted: size?.full ?? 1,
    forMs: size ? Math.min(quickWaitMs, sinceMs + quickWaitMs - act.nowMs()) : 0,
    moves: isLed || !(await leadToStable(act, held)).allPoint,
  };
}

/** Once, however often this is tried: where there is no room, the pods there are must do. */
function growToFull({ nowMs }: Act, held: Held): HeldChange {
  const { size } = held.record;
  if (size === undefined && !isScaledToZero(held.deployment, held.record)) return {};
  const full = fullSize(held);
  const growsSinceMs = size?.growsSinceMs ?? nowMs();
  return { record: { size: { full, set: full, growsSinceMs } }, steps: sizeSteps(held, full) };
}

async function raiseCanary(act: Act): Promise<void> {
  await unlessGone(patchFenced(act.api, act.canary, act.fence, () => []));
}

/** A worker that died may have moved traffic without a record of it: then all of it settles anew. */
async function recordRestored(act: Act, moved: boolean): Promise<void> {
  await patchHeld(act, ({ record }) => {
    if (!moved && record.weight === 0 && record.size === undefined) return 'as-wanted';
    const settledAtMs = act.nowMs() + settleMsOf(act);
    return { record: { weight: 0, size: undefined, settledAtMs, followedAtMs: undefined } };
  });
}
