import type { WeightOutcome } from '../../../contracts/platform.ts';
import { isGone } from '../routing/is-gone.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { achievedWeight } from '../routing/replica-ratio.ts';
import type { Router } from '../routing/router.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import {
  awaitCanaryReady,
  awaitCanaryService,
  awaitEndpoints,
  awaitFullStable,
} from './endpoints.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld, requirePhase } from './held.ts';
import { fullSize, splitFor } from './replica-plan.ts';
import { routeWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleMsOf } from './settled.ts';

/** Capacity comes before traffic, on the way up and on the way down. */
export async function setWeight(act: Act, weight: number): Promise<WeightOutcome> {
  if (weight === 0) return restoreStable(act);
  const held = await readHeld(act, requirePhase('claimed'));
  await awaitCanaryReady(act, held, weight === 100 ? 'all' : 'one');
  return act.router
    ? setRoutedWeight(act, act.router, held, weight)
    : setReplicaRatio(act, held, weight);
}

async function setRoutedWeight(
  act: Act,
  router: Router,
  held: Held,
  weight: number,
): Promise<WeightOutcome> {
  await awaitCanaryService(act, held);
  const outcome = await routeWeight(act, router, weight);
  await recordWeight(act, weight);
  return outcome;
}

async function setReplicaRatio(act: Act, held: Held, weight: number): Promise<WeightOutcome> {
  const split = await splitFor(act, held, weight);
  const pointing = weight === 100 ? 'canary' : 'both';
  await pointServices(act, held, pointing);
  const { canary } = await awaitEndpoints(act, held, pointing, quickWaitMs);
  const achieved = weight === 100 ? 100 : achievedWeight(canary.length, split.stable);
  await recordWeight(act, achieved, split.stable);
  return { verified: true, weight: achieved };
}

/**
 * Always leaves its fence, by which a watch tells this weight from what was before it; a change of
 * size is remembered, to be taken back.
 */
async function recordWeight(act: Act, weight: number, stable?: number): Promise<void> {
  await patchHeld(act, (held) => {
    const size = held.deployment.spec?.replicas ?? 1;
    const replicas = stable ?? size;
    if (held.record.weight === weight && replicas === size) return {};
    const full = fullSize(held);
    return {
      record: {
        weight,
        settledAtMs: act.nowMs() + settleMsOf(act),
        size: replicas === full ? undefined : { full, set: replicas },
      },
      steps: replicas === size ? [] : [{ op: 'add', path: '/spec/replicas', value: replicas }],
    };
  });
}

/**
 * The undo: raises the fence on everything that an act before it may still be writing to, the
 * Deployment first, whose template would otherwise change under the traffic that comes back to it.
 */
async function restoreStable(act: Act): Promise<WeightOutcome> {
  await readHeld(act, requirePhase('claimed'));
  const held = await patchHeld(act, growToFull);
  await awaitFullStable(act, held);
  await pointServices(act, held, 'stable', { undo: true });
  await awaitEndpoints(act, held, 'stable', quickWaitMs);
  const outcome = act.router
    ? await routeWeight(act, act.router, 0)
    : ({ verified: true, weight: 0 } as const);
  await raiseCanary(act);
  await patchHeld(act, ({ record }) =>
    record.weight === 0 && record.size === undefined
      ? 'as-wanted'
      : {
          record: { weight: 0, size: undefined, settledAtMs: act.nowMs() + settleMsOf(act) },
        },
  );
  return outcome;
}

function growToFull(held: Held) {
  const full = fullSize(held);
  if (held.record.size === undefined) return {};
  return {
    record: { size: { full, set: full } },
    steps: [{ op: 'add' as const, path: '/spec/replicas', value: full }],
  };
}

async function raiseCanary(act: Act): Promise<void> {
  try {
    await patchFenced(act.api, act.canary, act.fence, () => []);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
