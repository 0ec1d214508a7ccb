import type { LeftOutages, OutagesInClusters } from '../../src/contracts/chaos/left-outages.ts';
import type { PodClaims, PodController } from '../../src/contracts/chaos/pod-faults.ts';
import type { Sweeper } from '../../src/contracts/kernel/leftovers.ts';
import { boundClaim, dropClaim } from './support/pod-claims.ts';

/** Longer than one sweep takes for it; the next one says it anew. */
const takenBackWithinMs = 3 * 60_000;

/**
 * Takes back outages by Chaos Mesh whose run was terminated: they would last until the end of their `duration`. After
 * that nothing keeps others from the pods.
 */
export function createOutageSweeper(
  outages: OutagesInClusters,
  claims: PodClaims,
  contexts: readonly (string | undefined)[],
): Sweeper<LeftOutages> {
  const places = contexts.map(
    (context) => [context ?? 'current context', () => outages.list(context)] as const,
  );
  return {
    name: 'outages',
    places: Object.fromEntries(places),
    clear: async (left) => {
      const { runRef } = left.owner;
      const claimed = controllersOf(left);
      // Once the outage is taken back, no sweep finds what is left of its run.
      const untilMs = Date.now() + takenBackWithinMs;
      const bounded = forEach(claimed, (pod) => boundClaim(claims, { runRef, pod, untilMs }));
      // Whatever comes of that, the outage does not wait for it.
      await bounded.catch(() => undefined);
      await outages.remove(left);
      // The run is gone: whatever step of it has written the claim.
      const act = { runRef, step: Number.MAX_SAFE_INTEGER };
      await forEach(claimed, (pod) => dropClaim(claims, { act, pod }));
    },
  };
}

function controllersOf({ context, objects }: LeftOutages): PodController[] {
  return objects.flatMap(({ namespace, owner }) =>
    owner === undefined ? [] : [{ namespace, owner, ...(context !== undefined && { context }) }],
  );
}

/** All of them, also where one fails. */
async function forEach(
  controllers: readonly PodController[],
  act: (pod: PodController) => Promise<void>,
): Promise<void> {
  const done = await Promise.allSettled(controllers.map(act));
  const failed = done.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
