import { PlatformError } from '../../../contracts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';
import type { Complete } from './complete.ts';
import { awaitComplete } from './complete.ts';
import { awaitEndpoints, leadToStable, readyPods } from './endpoints.ts';
import type { Held, HeldChange } from './held.ts';
import { patchHeld, readHeld, readHeldLive } from './held.ts';
import { deleteCanary } from './remove-canary.ts';
import { routeWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleBeforeNext, settleMove } from './settle-move.ts';
import { ownStrategySteps } from './strategy.ts';

/**
 * Stable, complete, takes its traffic back; then the canary goes. The Services move, never the pods
 * under them. What was replaced in place has its traffic, and is merely held still again: from here
 * on nothing gives the previous release back.
 */
export async function settlePromotion(act: Act): Promise<void> {
  const found = await readHeld(act);
  switch (found.record.phase) {
    case 'claimed':
      return requireSettled(act);
    case 'replacing':
      await holdComplete(act, await awaitComplete(act), 'claimed');
      return;
    case 'promoting':
    case 'reverting':
      return giveTrafficBack(act, found);
  }
}

/** Only the API server knows that there is nothing left to do. */
async function requireSettled(act: Act): Promise<void> {
  const { record } = await readHeldLive(act, () => {});
  if (record.phase === 'claimed') return;
  throw new PlatformError(
    'unavailable',
    `this worker has not seen yet that ${nameOf(act.stable)} got another release`,
  );
}

async function giveTrafficBack(act: Act, { record: { phase } }: Held): Promise<void> {
  const held = await holdComplete(act, await awaitComplete(act), phase);
  if (phase === 'promoting') await leadToBoth(act, held);
  const moved = await pointServices(act, held, 'stable', { overOthers: true });
  await awaitEndpoints(act, held, 'stable', drainWaitMs);
  const isLed = (await act.router?.read())?.leadsToCanary ?? false;
  if (isLed) await settleBeforeNext(act, moved);
  const routed = act.router && (await routeWeight(act, act.router, 0));
  if (await act.api.get(act.canary)) await settleMove(act, moved || routed?.changed === true);
  await deleteCanary(act, held);
  await patchHeld(act, () => ({
    record: {
      phase: 'claimed',
      weight: 0,
      settledAtMs: undefined,
      followedAtMs: undefined,
      size: undefined,
    },
  }));
}

/**
 * Without a router, callers reach stable's new pods beside the canary's, of the same release, until
 * whatever checks pods before it hands them requests has seen them.
 */
async function leadToBoth(act: Act, held: Held): Promise<void> {
  if (act.router !== undefined || (await leadToStable(act, held)).allPoint) return;
  if ((await readyPods(act, held.record)).canary.length === 0) return;
  const moved = await pointServices(act, held, 'both', { overOthers: true });
  await awaitEndpoints(act, held, 'both', drainWaitMs);
  await settleBeforeNext(act, moved);
}

/** From here on no edit of the template can roll while the Services are pinned to these pods. */
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
      record: { phase, stableHash: hash, strategy: undefined, followedAtMs: undefined },
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
    `${nameOf(stable)} was changed at the moment at which it was complete`,
  );
}
