/** Weights on the route of a service that has one. */
import type { WeightOutcome } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Kind } from '../../kubernetes-api/cluster-api.ts';
import type { Router } from '../routing/router.ts';
import type { Act } from './act.ts';
import { quickWaitMs } from './act.ts';
import type { Held } from './held.ts';

/**
 * Writes the weight and returns when the router has accepted it, or cannot report it. `changed`: the
 * route had another weight before.
 */
export async function routeWeight(
  act: Act,
  router: Router,
  weight: number,
): Promise<{ outcome: WeightOutcome; changed: boolean }> {
  const changed = await router.setWeight(act.fence, weight);
  let missing = '';
  const wait = {
    kinds: [routeKind(act)],
    namespace: act.target.namespace,
    timeoutMs: quickWaitMs,
    what: () => `${router.name}, which ${missing}`,
  };
  const outcome = await act.api.until<WeightOutcome>(wait, async () => {
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
  return { outcome, changed };
}

function routeKind({ target }: Act): Kind {
  const { router = {} } = target;
  if ('gatewayApi' in router) return 'httproutes';
  return 'istio' in router ? 'virtualservices' : 'ingresses';
}

/** Fences the route against late writes of a dead rollout; the caller removes its weight. */
export async function raiseRoute(act: Act, { record }: Held): Promise<void> {
  if (record.weight === 0) await act.router?.setWeight(act.fence, 0);
}

/** Removing and promoting a canary depend on the route's current weight, not on the recorded one. */
export async function requireRouteWeight(act: Act, weight: number): Promise<void> {
  if (act.router === undefined) return;
  const { weight: now, leadsToCanary } = await act.router.read();
  if (weight === 0 ? !leadsToCanary : now === weight) return;
  throw new PlatformError(
    'conflict',
    `${act.router.name} gives the canary ${now === undefined ? 'no clear share' : `${now}%`} of the traffic, not ${weight}%`,
  );
}
