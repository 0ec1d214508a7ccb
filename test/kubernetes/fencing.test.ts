/** Acts that come later than what undid them. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ClusterApi } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import type { Fence } from '../../src/contracts/kernel/fence.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop } from '../fixtures/shop.ts';

/** Holds every write of a worker back, as a network does, until it is let through. */
function heldBack(api: ClusterApi) {
  let letThrough = () => {};
  const opened = new Promise<void>((resolve) => (letThrough = resolve));
  let report = () => {};
  const held = new Promise<void>((resolve) => (report = resolve));
  const slow: ClusterApi = {
    ...api,
    patch: async (ref, steps) => {
      report();
      await opened;
      return api.patch(ref, steps);
    },
  };
  return { slow, held, letThrough };
}

describeOnCluster('an act that comes too late', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let shop: ShopRollout;
  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('fencing');
    await applyShop(namespace, { version: 'v1', replicas: 3, fake: true });
    shop = new ShopRollout(api, namespace, { proxySettleMs: 50 });
  });

  const acts: Record<string, (late: ShopRollout, fence: Fence) => Promise<unknown>> = {
    'a canary that is scaled': (late, fence) => late.apply('v2', 100, fence),
    'a weight': (late, fence) => late.setWeight(50, fence),
    'all of the weight': (late, fence) => late.setWeight(100, fence),
    'a promotion': (late, fence) => late.promote(fence),
  };

  test.each(Object.entries(acts))('is refused: %s, called again', async (_name, act) => {
    const found = await shopObjects(namespace);
    await shop.claim();
    await shop.stage('v2', 100);
    const late = shop.fence();
    await shop.setWeight(0);
    const undone = await shopObjects(namespace);
    await expect(act(shop, late)).rejects.toThrow('comes too late');
    expect(await shopObjects(namespace)).toEqual(undone);
    await shop.removeCanary();
    await expect(act(shop, late)).rejects.toThrow('comes too late');
    await shop.releaseService();
    await expect(act(shop, late)).rejects.toThrow(/comes too late|does not own/);
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test.each(Object.entries(acts))('is refused: %s, held back on its way', async (name, act) => {
    const found = await shopObjects(namespace);
    await shop.claim();
    if (name === 'a promotion') await shop.stage('v2', 100);
    else await shop.canaryReady((await shop.apply('v2', 20)).replicas);
    const { slow, held, letThrough } = heldBack(api);
    const late = new ShopRollout(slow, namespace, { proxySettleMs: 50 });
    const outcome = act(late, shop.fence()).then(
      () => 'done',
      (error: unknown) => String(error),
    );
    await held;
    await shop.setWeight(0);
    const undone = await shopObjects(namespace);
    letThrough();
    expect(await outcome).toContain('comes too late');
    expect(await shopObjects(namespace)).toEqual(undone);
    await shop.removeCanary();
    await shop.releaseService();
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test('is refused: a promotion after its revert has found nothing to revert', async () => {
    await shop.claim();
    await shop.stage('v2', 100);
    const late = shop.fence();
    expect(await shop.revert()).toBe('done');
    await expect(shop.promote(late)).rejects.toThrow('comes too late');
    await shop.abort();
  });

  test('is refused: one of a rollout whose service another has taken', async () => {
    await shop.claim();
    await shop.stage('v2', 50);
    const late = shop.fence();
    const other = new ShopRollout(api, namespace, { rolloutId: 'r2', proxySettleMs: 50 });
    const found = await other.claim();
    expect(found).toMatchObject({ canaryWeight: 50, canary: { wanted: 3 } });
    await expect(shop.setWeight(100, late)).rejects.toThrow('comes too late');
    await other.setWeight(0);
    await other.removeCanary();
    await other.claim();
    await other.stage('v3', 50);
    await other.abort();
    await shop.releaseService();
  });

  test('and every act done twice is the same as once', async () => {
    const twice = async <T>(act: (fence: Fence) => Promise<T>): Promise<T> => {
      const fence = shop.fence();
      const first = await act(fence);
      const objects = await shopObjects(namespace);
      expect(await act(fence)).toEqual(first);
      expect(await shopObjects(namespace)).toEqual(objects);
      return first;
    };
    // What they say depends on how far the controllers are by then.
    const silently = (act: (fence: Fence) => Promise<unknown>) =>
      twice(async (fence) => {
        await act(fence);
      });
    await silently(shop.claim);
    for (const weight of [20, 100]) {
      const { replicas } = await twice((fence) => shop.apply('v2', weight, fence));
      await shop.canaryReady(replicas);
      await twice((fence) => shop.setWeight(weight, fence));
    }
    await silently(shop.promote);
    await shop.complete();
    await twice((fence) => shop.settle(fence));
    await twice((fence) => shop.releaseService(fence));
    expect((await shop.state()).stable?.release.version).toBe('v2');
  });
});
