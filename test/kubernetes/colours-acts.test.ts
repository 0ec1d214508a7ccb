/** Acts on two colours that come too late, come twice, or are broken off. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import type { Fence } from '../../src/contracts/kernel/fence.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { applyColouredShop, coloured, colours } from '../fixtures/coloured-shop.ts';
import { Died, doomedAfter } from '../fixtures/doomed-cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { refuseWrites, rule } from '../fixtures/refusing-policy.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, type ShopRollout } from '../fixtures/shop-rollout.ts';

describeOnCluster('acts on two colours', [], () => {
  let first: OwnedClusterApi;
  let second: OwnedClusterApi;
  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    [first, second] = await Promise.all([openCluster(), openCluster()]);
  });
  afterAll(() => {
    first.close();
    second.close();
  });
  const fakeShop = async () => {
    const namespace = await newNamespace('colours');
    await applyColouredShop(namespace, { version: 'v1', replicas: 2, fake: true });
    return { namespace, shop: coloured(first, namespace, { proxySettleMs: 50 }) };
  };

  test.each([
    ['the switch', rule('', 'services', 'UPDATE'), "object.spec.selector.colour != 'green'"],
    [
      'the release in the idle Deployment',
      rule('apps', 'deployments', 'UPDATE'),
      "!object.spec.template.spec.containers[0].image.endsWith('v2')",
    ],
  ])('are tried before the first write: %s', async (_name, on, unless) => {
    const { namespace, shop } = await fakeShop();
    const found = await shopObjects(namespace);
    const release = { version: 'v2', image: shopImage('v2') };
    await shop.inspect({ release, way: 'beside' });
    const policy = await refuseWrites(namespace, { on: [on], unless, message: 'not in this week' });
    try {
      await eventually(async () => {
        const inspected = shop.inspect({ release, way: 'beside' });
        await expect(inspected).rejects.toThrow(/not in this week/);
      }, 30_000);
      expect(await shopObjects(namespace)).toEqual(found);
    } finally {
      await policy.withdraw();
    }
  });

  type Late = (late: ShopRollout, fence: Fence) => Promise<unknown>;
  const lateActs: Record<string, Late> = {
    'a release': (late, fence) => late.apply('v2', 100, fence),
    'a switch': (late, fence) => late.setWeight(100, fence),
    'a promotion': (late, fence) => late.promote(fence),
  };

  test.each(Object.entries(lateActs))(
    'are refused when they come too late: %s',
    async (_name, act) => {
      const { namespace, shop } = await fakeShop();
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
    },
  );

  test.each(Object.entries(lateActs))(
    'are refused where they were held back: %s',
    async (name, act) => {
      const { namespace, shop } = await fakeShop();
      await shop.claim();
      if (name === 'a promotion') await shop.stage('v2', 100);
      else if (name === 'a switch') await shop.canaryReady((await shop.apply('v2', 100)).replicas);
      let letThrough = () => {};
      const opened = new Promise<void>((resolve) => (letThrough = resolve));
      let report = () => {};
      const held = new Promise<void>((resolve) => (report = resolve));
      const late = coloured(
        {
          ...first,
          patch: async (ref, steps) => {
            report();
            await opened;
            return first.patch(ref, steps);
          },
        },
        namespace,
        { proxySettleMs: 50 },
      );
      const outcome = act(late, shop.fence()).then(
        () => 'done',
        (error: unknown) => String(error),
      );
      await held;
      await shop.setWeight(0);
      await shop.removeCanary();
      await shop.releaseService();
      const undone = await shopObjects(namespace);
      letThrough();
      expect(await outcome).toMatch(/comes too late|does not own/);
      expect(await shopObjects(namespace)).toEqual(undone);
    },
  );

  test('do the same twice as once, and no weight between 0 and 100', async () => {
    const { namespace, shop } = await fakeShop();
    const twice = async <T>(act: (fence: Fence) => Promise<T>): Promise<T> => {
      const fence = shop.fence();
      const once = await act(fence);
      const objects = await shopObjects(namespace);
      expect(await act(fence)).toEqual(once);
      expect(await shopObjects(namespace)).toEqual(objects);
      return once;
    };
    await twice(async (fence) => {
      await shop.claim(fence);
    });
    const { replicas } = await twice((fence) => shop.apply('v2', 100, fence));
    await shop.canaryReady(replicas);
    await expect(shop.setWeight(50)).rejects.toThrow('only 0 and 100');
    await expect(shop.apply('v2', 50)).rejects.toThrow('not 50%');
    for (const weight of [100, 0, 100]) {
      await twice((fence) => shop.setWeight(weight, fence));
    }
    await twice((fence) => shop.promote(fence));
    await twice((fence) => shop.revert(fence));
    await twice((fence) => shop.settle(fence));
    await twice((fence) => shop.releaseService(fence));
  });

  test('are those of one rollout: another waits, a successor clears what was left', async () => {
    const { namespace, shop } = await fakeShop();
    const found = await shopObjects(namespace);
    await shop.claim();
    await shop.stage('v2', 100);
    const platform = createKubernetesPlatform({ clusters: { of: () => Promise.resolve(second) } });
    const stranger = platform.claim(
      shop.ref,
      { rolloutId: 'x', step: Date.now() + 60_000 },
      'other',
      'canary',
    );
    await expect(stranger).rejects.toThrow('is owned by rollout/test/shop');
    const owned = (await platform.listOwned()).map(({ target }) => target);
    expect(owned).toContainEqual(expect.objectContaining({ namespace, colours }));
    const late = shop.fence();
    const next = coloured(second, namespace, { rolloutId: 'r2', proxySettleMs: 50 });
    expect(await next.claim()).toMatchObject({ canaryWeight: 100, canary: { wanted: 2 } });
    await expect(shop.promote(late)).rejects.toThrow('comes too late');
    await next.abort();
    await shop.releaseService();
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test('take a promotion back that its rollout claims again', async () => {
    const { namespace, shop } = await fakeShop();
    const found = await shopObjects(namespace);
    await shop.claim();
    await shop.stage('v2', 100);
    await shop.promote();
    expect(await shop.state()).toMatchObject({ stable: { release: { version: 'v2' } } });
    expect(await shop.claim()).toMatchObject({
      stable: { release: { version: 'v1' }, wanted: 0 },
      canary: { release: { version: 'v2' } },
      canaryWeight: 100,
    });
    await eventually(() => shop.setWeight(0));
    await shop.removeCanary();
    await shop.releaseService();
    expect(await shopObjects(namespace)).toEqual(found);
  });

  type DoAct = <T>(act: (fence: Fence) => Promise<T>) => Promise<T>;
  const stories: Record<string, (shop: ShopRollout, act: DoAct) => Promise<void>> = {
    promotion: async (shop, act) => {
      await act((fence) => shop.claim(fence));
      const { replicas } = await act((fence) => shop.apply('v2', 100, fence));
      await shop.canaryReady(replicas);
      await act((fence) => shop.setWeight(100, fence));
      await act((fence) => shop.promote(fence));
      await act((fence) => shop.releaseService(fence));
    },
    abort: async (shop, act) => {
      await act((fence) => shop.claim(fence));
      const { replicas } = await act((fence) => shop.apply('v2', 100, fence));
      await shop.canaryReady(replicas);
      await act((fence) => shop.setWeight(100, fence));
      await act((fence) => shop.setWeight(0, fence));
      await act((fence) => shop.removeCanary(fence));
      await act((fence) => shop.releaseService(fence));
    },
    'promotion taken back': async (shop, act) => {
      await shop.claim();
      await shop.stage('v2', 100);
      await act((fence) => shop.promote(fence));
      await act((fence) => shop.claim(fence));
      await act((fence) => shop.setWeight(0, fence));
      await act((fence) => shop.removeCanary(fence));
      await act((fence) => shop.releaseService(fence));
    },
  };

  /** Plays a story with a first worker that dies after this write. */
  const play = async (story: (typeof stories)[string], write: number) => {
    const { namespace } = await fakeShop();
    const doomed = doomedAfter(first, write);
    const shop = coloured(doomed, namespace, { proxySettleMs: 50 });
    await story(shop, async (act) => {
      const fence = shop.fence();
      try {
        return await act(fence);
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        shop.goOnWith(second);
        return act(fence);
      }
    });
    return { writes: doomed.writes(), isDead: doomed.isDead(), left: await shopObjects(namespace) };
  };

  test.each(Object.entries(stories))(
    'are carried on after any write of a %s',
    async (name, story) => {
      const undisturbed = await play(story, Infinity);
      const prelude = name === 'promotion taken back' ? preludeOf(undisturbed.writes) : 0;
      const struck = undisturbed.writes.map((_write, index) => index + 1).slice(prelude);
      expect(struck.length).toBeGreaterThan(5);
      const atOnce = 6;
      for (let from = 0; from < struck.length; from += atOnce) {
        const batch = struck.slice(from, from + atOnce);
        const ends = await Promise.all(
          batch.map(async (write) => ({ write, ...(await play(story, write)) })),
        );
        for (const { write, isDead, left } of ends) {
          expect(isDead).toBe(true);
          expect(left, `after ${undisturbed.writes[write - 1]}`).toEqual(undisturbed.left);
        }
      }
    },
  );

  /** Writes up to the one that stops blue: those before are another story's. */
  function preludeOf(writes: readonly string[]): number {
    return writes.findIndex((write, index) => index > 2 && write === 'patch deployments shop-blue');
  }
});
