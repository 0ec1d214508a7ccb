import type { LeftOutages, OutagesInClusters } from '../../src/contracts/chaos/left-outages.ts';
import type { PodClaims } from '../../src/contracts/chaos/pod-faults.ts';
import type { Sweeper } from '../../src/contracts/kernel/leftovers.ts';
import { dropClaim } from './support/pod-claims.ts';

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
      await outages.remove(left);
      const { context, objects, owner } = left;
      const { runRef } = owner;
      for (const { namespace, owner: controller } of objects) {
        if (controller === undefined) continue;
        const pod = { namespace, owner: controller, ...(context !== undefined && { context }) };
        // The run is gone: whatever step of it has written the claim.
        await dropClaim(claims, { act: { runRef, step: Number.MAX_SAFE_INTEGER }, pod });
      }
    },
  };
}
