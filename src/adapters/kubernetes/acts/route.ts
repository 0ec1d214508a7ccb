/** Weights on the route of a service that has one. */
import type { WeightOutcome } from '../../../contracts/platform.ts';
import { PlatformError } from '../../../contracts/platform.ts';
import type { Kind } from '../api/cluster-api.ts';
import type { Router } from '../routing/router.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import type { Held } from './held.ts';

const kinds: readonly Kind[] = ['httproutes'];
const otherKinds: readonly Kind[] = [];

/** Writes the weight and returns once the router has accepted it, or cannot say. */
export async function routeWeight(
  act: Act,
  router: Router,
  weight: number,
): Promise<WeightOutcome> {
  await router.setWeight(act.fence, weight);
  let missing = '';
  const wait = {
    kinds: 'gatewayApi' in (act.target.router ?? {}) ? kinds : otherKinds,
    namespace: act.target.namespace,
    timeoutMs: quickWaitMs,
    what: () => `${router.name}, which ${missing}`,
  };
  return act.api.until(wait, async () => {
    const verification = await router.verify(weight);
    switch (verification.kind) {
      case 'yes':
        return { verified: true, weight };
      case 'unsupported':
        return { verified: false, weight, reason: verification.reason };
      case 'not-yet':
        missing = verification.missing;
        return undefined;
    }
  });
}

/** What a dead rollout may still be writing to the route; its weight is for the caller to clear. */
export async function raiseRoute(act: Act, { record }: Held): Promise<void> {
  if (record.weight === 0) await act.router?.setWeight(act.fence, 0);
}

/** A canary is removed, and a release promoted, by what the route says, not by what was once written. */
export async function requireRouteWeight(act: Act, weight: number): Promise<void> {
  if (act.router === undefined) return;
  const now = (await act.router.read()).weight;
  if (now === weight) return;
  throw new PlatformError(
    'conflict',
    `${act.router.name} gives the canary ${now === undefined ? 'no clear share' : `${now}%`} of the traffic, not ${weight}%`,
  );
}
