import { expect, it } from 'vitest';
import { createFrontSweeper } from '../../../activities/chaos/front-sweeper.ts';
import { openFrontsInClusters } from '../../../src/adapters/chaos/fronts/left-fronts.ts';
import type { PlaybookClusters } from '../../../src/adapters/playbooks/kubernetes/cluster.ts';

/** Of a worker that may list pods in these namespaces alone. */
const clusters = (allowed: readonly string[]) =>
  ({
    of: async () => ({
      mayI: async ({ namespace }: { namespace: string }) => ({
        ...{ allowed: allowed.includes(namespace), reason: '' },
      }),
      list: async () => [],
    }),
  }) as unknown as PlaybookClusters;

const installation = 'here';

it('the janitor says which namespaces it may not read, and reads the others', async () => {
  const fronts = openFrontsInClusters(clusters(['shop']), { installation, makesFronts: true });
  const { places } = createFrontSweeper(fronts, {
    ...{ contexts: [undefined, 'east'], namespaces: ['shop', 'orders'] },
  });
  expect(Object.keys(places)).toEqual([
    ...['current context, namespace shop', 'current context, namespace orders'],
    ...['east, namespace shop', 'east, namespace orders'],
  ]);
  expect(await places['current context, namespace shop']?.()).toEqual([]);
  await expect(places['current context, namespace orders']?.()).rejects.toThrow(
    /may not list pods in namespace orders; apply deploy\/kubernetes\/tracks there/,
  );
  const everywhere = createFrontSweeper(fronts, { contexts: [undefined] });
  await expect(everywhere.places['current context']?.()).rejects.toThrow(
    'BELAY_KUBERNETES_NAMESPACES',
  );
});

it('the janitor of a Belay that starts no fronts misses none', async () => {
  const fronts = openFrontsInClusters(clusters([]), { installation, makesFronts: false });
  expect(await fronts.list(undefined)).toEqual([]);
});
