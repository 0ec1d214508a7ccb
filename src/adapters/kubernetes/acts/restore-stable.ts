import type { WeightOutcome } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { readFence } from '../objects/fence-record.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { unlessGone } from '../routing/is-gone.ts';
import { isScaledToZero } from '../state/drift.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { abandonAdoption, endPreparation } from './abandon-adoption.ts';
import { canaryOf, isCanary, type CanaryWorkload } from './canary-workload.ts';
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
 * The undo: raises the fence on everything that an earlier act may still be writing to. The
 * Deployment comes first; otherwise its template could change while traffic returns to it.
 */
export async function restoreStable(act: Act): Promise<WeightOutcome> {
  if (await isUnmarked(act)) return atStable;
  const found = await readHeld(act, requirePhase('claimed', 'adopting', 'abandoning'));
  const isCarriedOn = readFence(found.deployment.metadata)?.step === act.fence.step;
  const raised = await unlessGone(
    patchHeld(act, (present) => {
      const grown = growToFull(act, present);
      if (isCarriedOn) return grown;
      // The waiting time of an earlier act does not shorten this one's.
      return { ...grown, record: { ...grown.record, followedAtMs: undefined } };
    }),
  );
  if (raised === undefined) return atStable;
  const held = await abandonAdoption(act, raised);
  if (held.record.phase === 'reverting') throw startsAgain(act);
  requirePhase('claimed')(held);
  const { outcome, moved } = await moveToStable(act, held, isCarriedOn);
  await raiseCanary(act, held);
  await endPreparation(act, held);
  await recordRestored(act, moved || isCarriedOn);
  return outcome;
}

/** The old pods had stopped already: the next undo finds the revert, and waits for it. */
function startsAgain({ stable }: Act): PlatformError {
  return new PlatformError(
    'unavailable',
    `the pods of ${stable.name} with the previous release start again; the canary serves until they are ready`,
  );
}

const atStable = { verified: true, weight: 0 } as const;

interface Moved {
  outcome: WeightOutcome;
  /** Whether traffic went anywhere else before. */
  moved: boolean;
}

/**
 * A step that takes traffic off the canary at once does not wait for anything else. If the Services
 * have just moved, the route follows after their settling time, while the canary keeps serving.
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

/** A route is not moved from a serving canary to a Service without a ready pod. */
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

/** The wait happens once, even if this is retried: without room, the existing pods have to do. */
function growToFull({ nowMs }: Act, held: Held): HeldChange {
  const { size } = held.record;
  if (size === undefined && !isScaledToZero(held.deployment, held.record)) return {};
  const full = fullSize(held);
  const growsSinceMs = size?.growsSinceMs ?? nowMs();
  return { record: { size: { full, set: full, growsSinceMs } }, steps: sizeSteps(held, full) };
}

async function raiseCanary(act: Act, { record }: Held): Promise<void> {
  const ref = canaryOf(act, record);
  if (ref === undefined) return;
  const raise = (found: CanaryWorkload) => (isCanary(found) ? [] : 'as-wanted');
  await unlessGone(patchFenced(act.api, ref, act.fence, raise));
}

/** A worker that died may have moved traffic without recording it: then all settling times start again. */
async function recordRestored(act: Act, moved: boolean): Promise<void> {
  await patchHeld(act, ({ record }) => {
    if (!moved && record.weight === 0 && record.size === undefined) return 'as-wanted';
    const settledAtMs = act.nowMs() + settleMsOf(act);
    return { record: { weight: 0, size: undefined, settledAtMs, followedAtMs: undefined } };
  });
}
