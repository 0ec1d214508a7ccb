import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { removeFenced } from '../objects/fenced-removal.ts';
import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';
import type { Kind, ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { canaryOf, isCanary, type CanaryWorkload } from './canary-workload.ts';
import { awaitOffCanary, hasCanaryPods } from './endpoints.ts';
import type { Held } from './held.ts';
import { isUnmarked, readHeldLive, requirePhase } from './held.ts';
import { requireRouteWeight } from './route.ts';
import { pointServices } from './services.ts';
import { untilSettled } from './settled.ts';

/** Drains the canary, then deletes it with its pods. */
export async function removeCanary(act: Act): Promise<void> {
  if (await isUnmarked(act)) return;
  const held = await readHeldLive(act, requireNoWeight);
  const canary = canaryOf(act, held.record);
  if (canary === undefined) return;
  if (!(await act.api.get(canary)) && !(await act.api.getLive(canary))) return;
  await requireRouteWeight(act, 0);
  await pointServices(act, held, 'stable');
  await awaitOffCanary(act, held);
  await untilSettled(act, held.record.settledAtMs);
  await deleteCanary(act, held);
}

/** Deletes it, and returns when its last pod is being deleted. No Service leads to it any more. */
export async function deleteCanary(act: Act, held: Held): Promise<void> {
  await removeCanaryWorkload(act, held);
  await awaitCanaryPodsGone(act, held);
}

/** Never what a user, or a Deployment of the user, has under that name. `check` throws if it must stay. */
export async function removeCanaryWorkload(
  act: Act,
  { record }: Held,
  check: (canary: CanaryWorkload) => void = () => {},
): Promise<void> {
  const ref = canaryOf(act, record);
  if (ref === undefined) return;
  const cached = await act.api.get(ref);
  const found = cached && isCanary(cached) ? cached : await act.api.getLive(ref);
  if (found === undefined || !isCanary(found)) return;
  await removeFenced(act.api, ref, act.fence, (canary) => {
    if (!isCanary(canary)) throw notOurs(ref);
    check(canary);
  });
}

export async function awaitCanaryPodsGone(act: Act, held: Held): Promise<void> {
  const wait = {
    kinds: ['pods'] as const,
    namespace: act.target.namespace,
    timeoutMs: drainWaitMs,
    what: () => `the pods of the canary of ${nameOf(act.stable)} to stop`,
  };
  await act.api.until(wait, async () =>
    (await hasCanaryPods(act, held.record)) ? undefined : true,
  );
}

function notOurs(ref: ObjectRef<Kind>): PlatformError {
  return new PlatformError('unavailable', `${nameOf(ref)} is not the canary any more`);
}

function requireNoWeight(held: Held): void {
  requirePhase('claimed')(held);
  const { weight } = held.record;
  if (weight === 0) return;
  throw new PlatformError(
    'conflict',
    `the canary still gets ${weight}% of the traffic; set its weight to 0 first`,
  );
}
