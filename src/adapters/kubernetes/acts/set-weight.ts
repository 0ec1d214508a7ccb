import type { WeightOutcome } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { achievedWeight } from '../routing/replica-ratio.ts';
import type { Router } from '../routing/router.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import { isEmptyCanary, requiredCanaryOf, type CanaryWorkload } from './canary-workload.ts';
import {
  awaitCanaryReady,
  awaitCanaryService,
  awaitEndpoints,
  canaryReadySinceMs,
} from './endpoints.ts';
import type { Held } from './held.ts';
import { patchHeld, readHeld, requirePhase } from './held.ts';
import { fullSize, keepsItsSize, sizeSteps, splitFor } from './replica-plan.ts';
import { restoreStable } from './restore-stable.ts';
import { routeWeight } from './route.ts';
import { pointServices } from './services.ts';
import { settleMsOf, untilSettled } from './settled.ts';

/** Capacity comes before traffic, on the way up and on the way down. */
export async function setWeight(act: Act, weight: number): Promise<WeightOutcome> {
  if (weight === 0) return restoreStable(act);
  const held = await readHeld(act, requirePhase('claimed'));
  await requireCanary(act, held);
  await awaitCanaryReady(act, held, weight === 100 ? 'all' : 'one');
  return act.router
    ? setRoutedWeight(act, act.router, held, weight)
    : setReplicaRatio(act, held, weight);
}

/** Without a release in it, waiting for its pods would not help. */
async function requireCanary(act: Act, { record }: Held): Promise<void> {
  const { api } = act;
  const canary = requiredCanaryOf(act, record);
  const hasRelease = (found: CanaryWorkload | undefined) =>
    found !== undefined && !isEmptyCanary(found);
  if (hasRelease(await api.get(canary)) || hasRelease(await api.getLive(canary))) return;
  throw new PlatformError(
    'conflict',
    `${nameOf(canary)} has no release that could take traffic; apply the canary first`,
  );
}

async function setRoutedWeight(
  act: Act,
  router: Router,
  held: Held,
  weight: number,
): Promise<WeightOutcome> {
  await awaitCanaryService(act, held);
  await settleBeforeTraffic(act, held);
  const { outcome, changed } = await routeWeight(act, router, weight);
  await recordWeight(act, changed, () => ({ weight }));
  return outcome;
}

/**
 * A load balancer behind the route may send requests to new pods only after its own checks, and the
 * settling time of the previous move has to be over.
 */
async function settleBeforeTraffic(act: Act, { record }: Held): Promise<void> {
  await untilSettled(act, (await canaryReadySinceMs(act, record)) + settleMsOf(act));
  await untilSettled(act, record.settledAtMs);
}

async function setReplicaRatio(act: Act, held: Held, weight: number): Promise<WeightOutcome> {
  const keepsSize = await keepsItsSize(act, held);
  const pointing = weight === 100 ? 'canary' : 'both';
  const moved = await pointServices(act, held, pointing);
  const { canary } = await awaitEndpoints(act, held, pointing, quickWaitMs);
  const { record } = await recordWeight(act, moved, (present) => {
    const { stable } = splitFor(present, weight, keepsSize);
    const achieved = weight === 100 ? 100 : achievedWeight(canary.length, stable);
    return { weight: achieved, stable };
  });
  return { verified: true, weight: record.weight };
}

/**
 * Always leaves its fence, by which a watch distinguishes this weight from earlier ones. A change of
 * size is recorded, so that it can be undone.
 */
async function recordWeight(
  act: Act,
  moved: boolean,
  reached: (present: Held) => { weight: number; stable?: number },
): Promise<Held> {
  return patchHeld(act, (present) => {
    const size = present.deployment.spec?.replicas ?? 1;
    const { weight, stable: replicas = size } = reached(present);
    if (!moved && present.record.weight === weight && replicas === size) return {};
    const full = fullSize(present);
    return {
      record: {
        weight,
        settledAtMs: act.nowMs() + settleMsOf(act),
        followedAtMs: undefined,
        size: replicas === full ? undefined : { full, set: replicas },
      },
      steps: sizeSteps(present, replicas),
    };
  });
}
