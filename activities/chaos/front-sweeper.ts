import type { FrontsInClusters, LeftFront } from '../../src/contracts/chaos/left-fronts.ts';
import type { Sweeper } from '../../src/contracts/kernel/leftovers.ts';

/**
 * Takes away the pods that divided requests for a run that was terminated. They end by themselves: this is sooner, and
 * leaves no pod that has ended.
 */
export function createFrontSweeper(
  fronts: FrontsInClusters,
  contexts: readonly (string | undefined)[],
): Sweeper<LeftFront> {
  const places = contexts.map(
    (context) => [context ?? 'current context', () => fronts.list(context)] as const,
  );
  return {
    name: 'tracks',
    places: Object.fromEntries(places),
    clear: (left) => fronts.remove(left),
  };
}
