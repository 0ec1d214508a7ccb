import type { FrontsInClusters, LeftFront } from '../../src/contracts/chaos/left-fronts.ts';
import type { Sweeper } from '../../src/contracts/kernel/leftovers.ts';

interface SweptPlaces {
  contexts: readonly (string | undefined)[];
  /** Those that the workers are confined to; absent: they look everywhere. */
  namespaces?: readonly string[];
}

/**
 * Takes away the pods that divided requests for a run that was terminated. They end by themselves: this is sooner, and
 * leaves no pod that has ended.
 */
export function createFrontSweeper(
  fronts: FrontsInClusters,
  { contexts, namespaces }: SweptPlaces,
): Sweeper<LeftFront> {
  const places = contexts.flatMap((context) => {
    const where = context ?? 'current context';
    if (namespaces === undefined) return [[where, () => fronts.list(context)] as const];
    return namespaces.map(
      (namespace) =>
        [`${where}, namespace ${namespace}`, () => fronts.list(context, namespace)] as const,
    );
  });
  return {
    name: 'tracks',
    places: Object.fromEntries(places),
    clear: (left) => fronts.remove(left),
  };
}
