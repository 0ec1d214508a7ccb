import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { UpdateProgress } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { pointingOf } from '../objects/pointing.ts';
import type { KeptTemplate } from '../objects/record.ts';
import { promotedTemplate } from '../objects/template.ts';
import { isAdoptable } from '../state/canary-beside.ts';
import { by, canaryDrift, isScaledToZero } from '../state/drift.ts';
import { interferenceWith } from '../state/interference.ts';
import { sameTemplate } from '../state/template-revision.ts';
import { abandonAdoption } from './abandon-adoption.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import {
  adoptCanary,
  canAdoptNow,
  finishAdoption,
  isAdopted,
  refuseAdoption,
  takenBack,
} from './adoption.ts';
import { canarySetOf, requiredCanaryOf } from './canary-workload.ts';
import { awaitCanaryReady, awaitEndpoints } from './endpoints.ts';
import type { Held } from './held.ts';
import { giveTemplate } from './given-template.ts';
import { readHeld, requirePhase } from './held.ts';
import { keepTemplate, keptTemplateOf } from './kept-template.ts';
import { mayGetSize } from './replica-plan.ts';
import { requireRouteWeight, routeWeight } from './route.ts';
import { pointServices, servicesOf } from './services.ts';
import { settleBeforeNext, settleMove } from './settle-move.ts';
import { untilSettled } from './settled.ts';
import { stableTemplate } from './stable-template.ts';
import { allAtOnce, ownStrategy, strategySteps } from './strategy.ts';

/**
 * The commit point: the user's Deployment adopts the pods of the canary, which is recorded once its old
 * pods have stopped. If it cannot adopt them, or not at once, it gets the release instead, without traffic
 * until `settlePromotion`.
 */
export async function promoteCanary(act: Act): Promise<UpdateProgress> {
  const found = await readHeld(act, requirePhase(...promotable));
  if (found.record.promotedBy === act.fence.rolloutId) {
    return found.record.phase === 'claimed' ? 'done' : 'under-way';
  }
  if (await carryOn(act, found)) return 'done';
  const held = await readHeld(act, requireFullWeight);
  await requireTraffic(act, held);
  await sizeAsStable(act, held);
  await awaitCanaryReady(act, held, 'all');
  const { release, mayAdopt } = await canaryRelease(act, held);
  requireWhole(act, held);
  const { kept, before } = await previousRelease(act, held);
  const check = (present: Held) => {
    requireUntouched(act, present, before);
    requireWhole(act, present);
  };
  const { phase } = held.record;
  const isAdopting = phase === 'adopting';
  const adopts = mayAdopt && (isAdopting || phase === 'claimed') && (await canAdoptNow(act, held));
  if (isAdopting && !adopts) await refuseAdoption(act, held);
  await leadToCanaryPods(act, held, adopts);
  if (adopts) {
    const outcome = await adoptCanary(act, held, { release, kept, check });
    if (outcome === 'done') return outcome;
  }
  return rollOut(act, release, { kept, check });
}

/** `reverting`: an adoption was taken back after stable's pods had stopped, and a person wants it all the same. */
const promotable = ['claimed', 'adopting', 'abandoning', 'promoting', 'reverting'] as const;

/** Of a Deployment that keeps none and was to adopt the canary, the cluster has only the template. */
async function previousRelease(
  act: Act,
  held: Held,
): Promise<{ kept: KeptTemplate; before: V1PodTemplateSpec }> {
  const { kept, phase, stableHash } = held.record;
  if (phase === 'reverting' && kept !== undefined) {
    return { kept, before: await keptTemplateOf(act, held, { hash: stableHash }) };
  }
  return { kept: await keepTemplate(act, held), before: await stableTemplate(act, held) };
}

/** What a worker that died has begun. Answers whether the promotion is done. */
async function carryOn(act: Act, found: Held): Promise<boolean> {
  const { deployment, record } = found;
  if (record.phase === 'abandoning') {
    const interference = interferenceWith(deployment, record);
    if (interference !== undefined) throw await takenBack(act, found, interference);
    await abandonAdoption(act, found);
  } else if (!(await isAdopted(act, found))) return false;
  else if ((await finishAdoption(act, found)) === 'done') return true;
  throw new PlatformError(
    'unavailable',
    `the adoption of the canary by ${nameOf(act.stable)} has been taken back; its pods are replaced instead`,
  );
}

/** The Deployment replaces its own pods, while the canary serves. */
async function rollOut(
  act: Act,
  release: V1PodTemplateSpec,
  { kept, check }: { kept: KeptTemplate; check: (present: Held) => void },
): Promise<UpdateProgress> {
  await giveTemplate(act, release, (present, { steps }) => {
    // If its response was lost and it is sent again, this same write is the conflict.
    if (present.record.promotedBy === act.fence.rolloutId) return 'as-wanted';
    const { phase } = present.record;
    if (phase === 'adopting' || phase === 'abandoning') throw adoptsAgain(act);
    if (phase !== 'promoting') check(present);
    return {
      record: {
        phase: 'promoting',
        promotedBy: act.fence.rolloutId,
        kept,
        strategy: ownStrategy(present),
        followedAtMs: undefined,
      },
      steps: [
        {
          op: 'test',
          path: '/metadata/generation',
          value: present.deployment.metadata?.generation,
        },
        ...steps,
        ...strategySteps(allAtOnce),
      ],
    };
  });
  return 'under-way';
}

/** By the route, or by the Services, if an earlier attempt has moved both already. */
async function requireTraffic(act: Act, held: Held): Promise<void> {
  const services = await servicesOf(act, held);
  const isMoved = services.every((service) => pointingOf(service, held.record) === 'canary');
  if (!isMoved) await requireRouteWeight(act, 100);
}

/** Someone, or an autoscaler, may have scaled the Deployment since the canary got its size. */
async function sizeAsStable(act: Act, held: Held): Promise<void> {
  const { canaryHash } = held.record;
  if (canaryHash === undefined || isScaledToZero(held.deployment, held.record)) return;
  const value = held.deployment.spec?.replicas ?? 1;
  await patchFenced(act.api, canarySetOf(act, canaryHash), act.fence, (present) =>
    present.spec?.replicas === value || !mayGetSize(present, value)
      ? 'as-wanted'
      : [{ op: 'add', path: '/spec/replicas', value }],
  );
}

/**
 * The Services lead to the canary before stable's pods stop; with replica ratio they already do. The
 * route follows them if the canary's own Service is about to go.
 */
async function leadToCanaryPods(act: Act, held: Held, withRoute: boolean): Promise<void> {
  const moved = await pointServices(act, held, 'canary');
  await awaitEndpoints(act, held, 'canary', quickWaitMs);
  const isLed = withRoute && ((await act.router?.read())?.leadsToCanary ?? false);
  if (act.router && isLed) {
    await settleBeforeNext(act, moved);
    const { changed } = await routeWeight(act, act.router, 0);
    await settleMove(act, changed);
  } else if (act.router || moved) await settleMove(act, moved);
  await untilSettled(act, held.record.settledAtMs);
}

/** An adoption tests the template that was read; what the Deployment is given must be read from the API server. */
async function canaryRelease(act: Act, { record }: Held) {
  const ref = requiredCanaryOf(act, record);
  const cached = await act.api.get(ref);
  const canary = cached && isAdoptable(cached) ? cached : await act.api.getLive(ref);
  const drift = canary ? canaryDrift({ workload: canary, replicaSets: [] }) : [];
  if (drift.length > 0) throw new PlatformError('drifted', drift.join('; '));
  const template = canary?.spec?.template;
  if (template === undefined || canary === undefined) {
    throw new PlatformError('conflict', `there is no canary ${nameOf(ref)} to promote`);
  }
  return { release: promotedTemplate(template), mayAdopt: isAdoptable(canary) };
}

function adoptsAgain(act: Act): PlatformError {
  return new PlatformError(
    'unavailable',
    `another attempt lets ${nameOf(act.stable)} adopt the canary`,
  );
}

function requireFullWeight({ record }: Held): void {
  if (record.weight === 100) return;
  throw new PlatformError(
    'conflict',
    `the canary gets ${record.weight}% of the traffic; only one at 100% can be promoted`,
  );
}

/** A change of the paused Deployment by someone else would be lost silently. */
function requireUntouched(act: Act, { deployment }: Held, before: V1PodTemplateSpec): void {
  const now = deployment.spec?.template;
  if (now !== undefined && sameTemplate(now, before)) return;
  const change = { path: ['spec', 'template'], now, before };
  throw new PlatformError(
    'drifted',
    `someone changed the pod template of ${nameOf(act.stable)} during the rollout${by(deployment, change)}; ` +
      'to release that change instead, abort and deploy it',
  );
}

/** Without a pod, stable could not take over the traffic from the canary. */
function requireWhole(act: Act, { deployment, record }: Held): void {
  if (!isScaledToZero(deployment, record)) return;
  throw new PlatformError(
    'drifted',
    `${nameOf(act.stable)} was scaled to 0${by(deployment, ['spec', 'replicas'])}, so it could not take over the traffic`,
  );
}
