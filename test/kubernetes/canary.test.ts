/** Real pods without a preStop hook, under load from outside; nothing may be lost. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { startLoad } from '../../scripts/load/load-client.ts';
import type { ClusterApi } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { withoutHash, withoutSetAside } from '../../src/adapters/kubernetes/objects/template.ts';
import type { RouterSpec } from '../../src/specs/rollouts/kubernetes-target.ts';
import { dyingAfterAdoption, strikingAt } from '../fixtures/adoption-shop.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { countRequests } from '../fixtures/count-requests.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, ingressShop, routeShop, shopServiceUrl } from '../fixtures/shop.ts';

interface Callers {
  url: string;
  keepAlive: boolean;
}

/** Through the route with and without kept connections; straight to the Service a new one each. */
const through = (url: string) => [true, false].map((keepAlive): Callers => ({ url, keepAlive }));
const straight = (url: string): Callers => ({ url, keepAlive: false });

/** `answers` waits until the first of the callers has met this version. */
type Story = (answers: (version: string) => Promise<void>) => Promise<void>;

/** All of them keep calling during the story. Answers what each was told. */
async function underLoad(callers: Callers[], story: Story) {
  for (const { url } of callers)
    await eventually(async () => expect((await fetch(url)).ok).toBe(true));
  const loads = callers.map((caller) => startLoad({ ...caller, ratePerSecond: 100 }));
  try {
    await story((version) =>
      eventually(async () => expect(loads[0]!.counts.byVersion[version]).toBeGreaterThan(0)),
    );
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
  }
  const counts = loads.map((load) => load.counts);
  expect(counts.flatMap(({ problems }) => problems)).toEqual([]);
  return counts;
}

describeOnCluster('a canary by replica ratio', ['auditLog'], () => {
  const version = `test-${randomBytes(4).toString('hex')}`;
  let api: OwnedClusterApi;
  let namespace: string;
  beforeAll(async () => {
    api = await openCluster(version);
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('canary');
    await applyShop(namespace, { version: 'v1', replicas: 4 });
  });

  test('is promoted without a lost request, for few requests to the API server', async () => {
    const shop = new ShopRollout(api, namespace);
    const writes = async () => {
      const { watch: _watch, list: _list, ...others } = await countRequests(version);
      return others;
    };
    const before = await writes();
    const weights: number[] = [];
    await underLoad([straight(await shopServiceUrl(namespace))], async () => {
      await shop.claim();
      for (const weight of [5, 20, 50, 100]) {
        weights.push((await shop.stage('v2', weight)).weight);
      }
      await shop.promoteToTheEnd();
    });
    expect(weights).toEqual([20, 20, 50, 100]);
    expect((await shop.state()).stable?.release.version).toBe('v2');
    const counts = await writes();
    process.stderr.write(`API requests: ${JSON.stringify({ before, counts })}\n`);
    const { 'dry run': tried, ...made } = counts;
    // The release, as the Deployment would store it, tried once before it is given to pods.
    expect(tried).toBe(1);
    expect(Object.values(made).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(22);
  });

  test('is aborted from any weight without a lost request, and leaves nothing', async () => {
    const found = await shopObjects(namespace);
    for (const weight of [20, 50, 100]) {
      const shop = new ShopRollout(api, namespace, { rolloutId: `r${weight}` });
      const url = await shopServiceUrl(namespace);
      await underLoad([straight(url)], async (answers) => {
        await shop.claim();
        await shop.stage('v3', weight);
        await answers('v3');
        await shop.abort();
      });
      expect(await shopObjects(namespace)).toEqual(found);
    }
  });
});

const routers: [string, RouterSpec, (namespace: string) => Promise<string>][] = [
  ['Gateway API', { gatewayApi: { route: 'shop', settleMs: 3_000 } }, routeShop],
  ['NGINX annotations', { nginx: { ingress: 'shop', settleMs: 3_000 } }, ingressShop],
];

describeOnCluster('a canary on a route', ['gatewayUrl', 'ingressUrl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  beforeAll(async () => {
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('routed');
    await applyShop(namespace, { version: 'v1', replicas: 3 });
  });

  test.each(routers)(
    'by %s is promoted without a lost request, and direct callers meet it only at the commit point',
    async (_name, router, route) => {
      const shop = new ShopRollout(api, namespace, { target: { router } });
      const callers = [
        ...through(await route(namespace)),
        straight(await shopServiceUrl(namespace)),
      ];
      const [, , direct] = await underLoad(callers, async () => {
        await shop.claim();
        for (const weight of [34, 100]) await shop.stage('v2', weight);
        await shop.promoteToTheEnd();
      });
      expect((await shop.state()).stable?.release.version).toBe('v2');
      expect(direct!.byVersion['v1']).toBeGreaterThan(100);
    },
  );

  test.each(routers)(
    'by %s is aborted without a lost request, and no direct caller has met it',
    async (_name, router, route) => {
      const url = await route(namespace);
      const found = await shopObjects(namespace);
      const shop = new ShopRollout(api, namespace, { target: { router } });
      const callers = [...through(url), straight(await shopServiceUrl(namespace))];
      const [, , direct] = await underLoad(callers, async (answers) => {
        await shop.claim();
        await shop.stage('v2', 50);
        await answers('v2');
        await shop.abort();
      });
      expect(direct!.byVersion['v2']).toBeUndefined();
      expect(await shopObjects(namespace)).toEqual(found);
    },
  );

  const [[, router]] = routers as [(typeof routers)[number]];
  const interruptions: [string, () => ClusterApi][] = [
    ['whose worker dies', () => dyingAfterAdoption(api)],
    [
      'in which others write the previous release back',
      () =>
        strikingAt(api, 'before', async () => {
          const ref = { kind: 'deployments', namespace, name: 'shop' } as const;
          const sets = await api.list('replicasets', namespace, { app: 'shop' });
          const value = sets
            .flatMap(({ spec }) => spec?.template ?? [])
            .map((template) => withoutHash(withoutSetAside(template)))
            .find(({ spec }) => spec?.containers[0]?.image === shopImage('v1'));
          await api.patch(ref, [{ op: 'replace', path: '/spec/template', value }]);
        }),
    ],
  ];

  test.each(interruptions)(
    'and a promotion of it %s is taken back without a lost request',
    async (_how, interrupted) => {
      const url = await routeShop(namespace);
      const shop = new ShopRollout(api, namespace, { target: { router } });
      const callers = [...through(url), straight(await shopServiceUrl(namespace))];
      await underLoad(callers, async () => {
        await shop.claim();
        for (const weight of [34, 100]) await shop.stage('v2', weight);
        shop.goOnWith(interrupted());
        await expect(shop.promote()).rejects.toThrow();
        shop.goOnWith(api);
        const next = new ShopRollout(api, namespace, { target: { router }, rolloutId: 'r2' });
        const fence = next.fence();
        await eventually(async () => next.clear(await next.claim(fence), fence), 90_000);
        await next.releaseService();
      });
      expect((await shop.state()).stable?.release.version).toBe('v1');
    },
  );
});
