import type { LeftOutages, OutagesInClusters } from '../../src/contracts/chaos/left-outages.ts';
import type { Sweeper } from '../../src/contracts/kernel/leftovers.ts';

/** Takes back outages by Chaos Mesh whose run was terminated: they would last until the end of their `duration`. */
export function createOutageSweeper(
  outages: OutagesInClusters,
  contexts: readonly (string | undefined)[],
): Sweeper<LeftOutages> {
  const places = contexts.map(
    (context) => [context ?? 'current context', () => outages.list(context)] as const,
  );
  return {
    name: 'outages',
    places: Object.fromEntries(places),
    clear: (left) => outages.remove(left),
  };
}
