import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import type { Act } from './act.ts';
import { drainWaitMs, quickWaitMs } from './act.ts';
import { readCanary } from './canary-workload.ts';
import type { Complete } from './complete.ts';
import { awaitComplete } from './complete.ts';
import { leadAsWanted } from './correct-drift.ts';
import { awaitEndpoints, awaitStable, leadToStable, readyPods } from './endpoints.ts';
import type { Held, HeldChange } from './held.ts';
import { patchHeld, readHeld, readHeldLive, requirePhase } from './held.ts';
import { deleteCanary } from './remove-canary.ts';
import { routeWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleBeforeNext, settleMove } from './settle-move.ts';
import { ownStrategySteps } from './strategy.ts';

const settling = ['claimed', 'replacing', 'promoting', 'reverting'] as const;

/**
 * Stable is complete and takes its traffic back; then the canary is removed. The Services move, never
 * the pods behind them. A release that was replaced in place already has its traffic and is only
 * paused again: from here on nothing restores the previous release.
 */
export async function settlePromotion(act: Act): Promise<void> {
  const found = await readHeld(act, requirePhase(...settling));
  switch (found.record.phase) {
    case 'claimed':
      return requireSettled(act);
    case 'adopting':
    case 'abandoning':
      throw new PlatformError('conflict', `${nameOf(act.stable)} has not adopted the canary yet`);
    case 'replacing':
      await holdComplete(act, await awaitComplete(act), 'claimed');
      return;
    case 'promoting':
    case 'reverting':
      return giveTrafficBack(act, found);
  }
}

/** Only the API server knows that nothing is left to do. */
async function requireSettled(act: Act): Promise<void> {
  const { record } = await readHeldLive(act, () => {});
  if (record.phase === 'claimed') return;
  throw new PlatformError(
    'unavailable',
    `this worker's cache does not show the new release of ${nameOf(act.stable)} yet`,
  );
}

async function giveTrafficBack(act: Act, found: Held): Promise<void> {
  const { phase } = found.record;
  const complete = await onDrift(awaitComplete(act), (drift) => keepOnCanary(act, found, drift));
  const held = await holdComplete(act, complete, phase);
  await awaitStable(act, held, {
    wanted: held.deployment.spec?.replicas ?? 1,
    forMs: quickWaitMs,
    moves: true,
  });
  if (phase === 'promoting') await leadToBoth(act, held);
  const moved = await pointServices(act, held, 'stable', { overOthers: true });
  const { stable, canary } = await awaitEndpoints(act, held, 'stable', drainWaitMs);
  if (stable.length === 0 && canary.length > 0) throw lostPods(act);
  const isLed = (await act.router?.read())?.leadsToCanary ?? false;
  if (isLed) await settleBeforeNext(act, moved);
  const routed = act.router && (await routeWeight(act, act.router, 0));
  if (await readCanary(act, held.record)) await settleMove(act, moved || routed?.changed === true);
  await deleteCanary(act, held);
  await patchHeld(act, () => ({
    record: {
      phase: 'claimed',
      weight: 0,
      settledAtMs: undefined,
      followedAtMs: undefined,
      size: undefined,
      given: undefined,
    },
  }));
}

/**
 * Unless a route leads to the canary, clients reach stable's new pods beside the canary's, of the same
 * release, until load balancers have checked the new pods.
 */
async function leadToBoth(act: Act, held: Held): Promise<void> {
  const isLed = (await act.router?.read())?.leadsToCanary ?? false;
  if (isLed || (await leadToStable(act, held)).allPoint) return;
  if ((await readyPods(act, held.record)).canary.length === 0) return;
  const moved = await pointServices(act, held, 'both', { overOthers: true });
  await awaitEndpoints(act, held, 'both', drainWaitMs);
  await settleBeforeNext(act, moved);
}

/**
 * The canary has the traffic, or gets it back. A promotion then waits for a person; its revert is an
 * undo, which is retried.
 */
async function keepOnCanary(act: Act, { record }: Held, drift: PlatformError): Promise<never> {
  const held = await readHeld(act);
  if (await readCanary(act, held.record)) await leadAsWanted(act, held);
  if (record.phase === 'promoting') throw drift;
  throw new PlatformError('unavailable', drift.message);
}

async function onDrift<T>(
  asked: Promise<T>,
  answer: (drift: PlatformError) => Promise<never>,
): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'drifted') return answer(error);
    throw error;
  }
}

function lostPods({ stable }: Act): PlatformError {
  return new PlatformError(
    'unavailable',
    `${nameOf(stable)} lost its pods when it got the traffic`,
  );
}

/** From here on no edit of the template can be rolled out while the Services are pinned to these pods. */
async function holdComplete(
  act: Act,
  { hash, generation }: Complete,
  phase: Held['record']['phase'],
): Promise<Held> {
  const now = await readHeld(act);
  if (now.deployment.spec?.paused && now.record.stableHash === hash) return now;
  return patchHeld(act, ({ deployment, record }): HeldChange => {
    if (deployment.metadata?.generation !== generation) throw changedMeanwhile(act);
    return {
      record: {
        phase,
        stableHash: hash,
        strategy: undefined,
        followedAtMs: undefined,
        ...(phase === 'claimed' && { given: undefined }),
      },
      steps: [
        { op: 'test', path: '/metadata/generation', value: generation },
        { op: 'add', path: '/spec/paused', value: true },
        ...ownStrategySteps(record),
      ],
    };
  });
}

function changedMeanwhile({ stable }: Act): PlatformError {
  return new PlatformError(
    'unavailable',
    `${nameOf(stable)} was changed just when it was complete`,
  );
}
