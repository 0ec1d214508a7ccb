/** Real pods without a preStop hook, under load from outside; nothing may be lost. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import type { RouterSpec } from '../../src/specs/rollouts/kubernetes-target.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import { countRequests } from '../fixtures/count-requests.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, ingressShop, routeShop, shopServiceUrl } from '../fixtures/shop.ts';
import { straight, through, underLoad } from '../fixtures/under-load.ts';

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

  test('that was promoted, and never released, is followed by another one, which serves and is promoted', async () => {
    const [[, router]] = routers as [(typeof routers)[number]];
    await routeShop(namespace);
    for (const [rolloutId, version] of [
      ['r1', 'v2'],
      ['r2', 'v1'],
    ] as const) {
      const shop = new ShopRollout(api, namespace, { target: { router }, rolloutId });
      await shop.claim();
      for (const weight of [34, 100]) await shop.stage(version, weight);
      expect(await shop.promote()).toBe('done');
      expect((await shop.state()).stable?.release.version).toBe(version);
    }
  });
});
