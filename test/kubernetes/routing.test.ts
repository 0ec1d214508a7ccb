import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { Router } from '../../src/adapters/kubernetes/routing/router.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import {
  canaryShare,
  divideShop,
  nextFence,
  settleMs,
  settled,
  type DividedShop,
} from '../fixtures/divided-shop.ts';
import { eventually } from '../fixtures/eventually.ts';
import { routeShop } from '../fixtures/shop.ts';

describeOnCluster('traffic divided by an HTTPRoute', ['gatewayUrl'], () => {
  let url: string;
  let router: Router;
  let shop: DividedShop;
  let namespace: string;
  let ref: ObjectRef<'httproutes'>;

  beforeAll(async () => {
    shop = await divideShop('route');
    ({ namespace } = shop);
    url = await routeShop(namespace);
    router = shop.routerOf({ gatewayApi: { route: 'shop', settleMs } });
    ref = { kind: 'httproutes', namespace, name: 'shop' };
  });

  afterAll(() => shop.api.close());

  const rewrite = async (backendRefs: object[]) => {
    const rules = (await shop.api.getLive(ref))?.spec?.rules ?? [];
    const spec = { rules: rules.map((rule) => ({ ...rule, backendRefs })) };
    await shop.edit('HTTPRoute', 'gateway.networking.k8s.io/v1', 'shop', { spec });
  };

  test('a weight divides the requests, is verified, and restoring leaves the route as it was', async () => {
    const original = await shop.api.getLive(ref);
    expect(await router.read()).toEqual({
      leadsToCanary: false,
      refusals: [],
      drift: [],
      service: 'shop',
      weight: 0,
    });
    const verified = async (weight: number) => {
      await router.setWeight(nextFence(), weight);
      await eventually(async () => {
        expect(await router.verify(weight)).toEqual({ kind: 'yes' });
      });
      await settled(url);
      expect(await router.read()).toMatchObject({ weight, drift: [] });
    };
    await verified(20);
    const share = await canaryShare(url);
    expect(share).toBeGreaterThan(12);
    expect(share).toBeLessThan(28);
    await verified(100);
    expect(await canaryShare(url)).toBe(100);
    await verified(0);
    expect(await canaryShare(url)).toBe(0);
    expect(await router.restore(nextFence())).toEqual([]);
    const restored = await shop.api.getLive(ref);
    expect(restored?.spec).toEqual(original?.spec);
    expect(Object.keys(restored?.metadata?.annotations ?? {})).toEqual(['belay.dev/fence']);
  });

  test('a weight that comes after the undo is refused, also before anything was written', async () => {
    const late = nextFence('r2');
    await router.setWeight(nextFence('r2'), 0);
    await expect(router.setWeight(late, 50)).rejects.toThrow('comes too late');
    expect((await shop.api.getLive(ref))?.metadata?.annotations).not.toHaveProperty([
      'belay.dev/weight',
    ]);
    await router.setWeight(nextFence('r2'), 50);
    const overtaken = nextFence('r2');
    await router.setWeight(nextFence('r2'), 0);
    await expect(router.setWeight(overtaken, 70)).rejects.toThrow('comes too late');
    await router.restore(nextFence('r2'));
    await expect(router.setWeight(overtaken, 70)).rejects.toThrow('comes too late');
    expect((await router.read()).weight).toBe(0);
  });

  test('a weight that was under way when the undo was written is refused when it arrives', async () => {
    const late = shop.delayed({ gatewayApi: { route: 'shop', settleMs } });
    const refused = expect(late.router.setWeight(nextFence('r3'), 50)).rejects.toMatchObject({
      code: 'stale-fence',
    });
    await Promise.race([late.underWay, refused]);
    await router.setWeight(nextFence('r3'), 0);
    late.arrive();
    await refused;
    expect((await shop.api.getLive(ref))?.metadata?.annotations).not.toHaveProperty([
      'belay.dev/weight',
    ]);
  });

  test('an edit that arrived just before the weight is not overwritten', async () => {
    await router.setWeight(nextFence(), 20);
    const late = shop.delayed({ gatewayApi: { route: 'shop', settleMs } });
    const refused = expect(late.router.setWeight(nextFence(), 50)).rejects.toThrow(
      'gives shop-canary 90 % in rule 1, not the 20 % that Belay wrote',
    );
    await Promise.race([late.underWay, refused]);
    await rewrite([
      { name: 'shop', port: 80, weight: 10 },
      { name: 'shop-canary', port: 80, weight: 90 },
    ]);
    late.arrive();
    await refused;
    await router.setWeight(nextFence(), 0);
    expect(await router.restore(nextFence())).toEqual([]);
  });

  test('the same weight again writes nothing, not even its fence', async () => {
    const first = nextFence();
    await router.setWeight(first, 30);
    await router.setWeight(nextFence(), 30);
    const { annotations } = (await shop.api.getLive(ref))?.metadata ?? {};
    expect(annotations?.['belay.dev/fence']).toBe(`r1 ${first.step}`);
    await router.restore(nextFence());
  });

  test("someone's edit is named with who made it, refuses the next weight, and is corrected once asked", async () => {
    await router.setWeight(nextFence(), 20);
    await rewrite([{ name: 'shop', port: 80, weight: 1 }]);
    const line =
      'HTTPRoute shop gives shop-canary 0 % in rule 1, not the 20 % that Belay wrote; written by argocd';
    await eventually(async () => expect((await router.read()).drift).toEqual([line]));
    await expect(router.setWeight(nextFence(), 50)).rejects.toMatchObject({
      code: 'conflict',
      message: line,
    });
    await router.correct(nextFence(), 20);
    expect(await router.read()).toMatchObject({ weight: 20, drift: [] });
    await router.setWeight(nextFence(), 0);
    await router.restore(nextFence());
    expect((await router.read()).weight).toBe(0);
  });

  test("a weight lands although someone's label arrived since the route was read", async () => {
    await router.setWeight(nextFence(), 10);
    await shop.edit('HTTPRoute', 'gateway.networking.k8s.io/v1', 'shop', {
      metadata: { namespace, name: 'shop', labels: { team: 'shop' } },
    });
    await router.setWeight(nextFence(), 15);
    expect((await shop.api.getLive(ref))?.metadata?.labels).toEqual({ team: 'shop' });
    await router.restore(nextFence());
  });

  test('a route to a Service that does not exist is not verified, and says why', async () => {
    const nowhere = shop.routerOf(
      { gatewayApi: { route: 'shop', settleMs } },
      { canary: 'no-such-canary' },
    );
    await nowhere.setWeight(nextFence(), 0);
    await nowhere.setWeight(nextFence(), 1);
    await eventually(async () => {
      expect(await nowhere.verify(1)).toMatchObject({
        kind: 'not-yet',
        missing: expect.stringContaining('no-such-canary'),
      });
    });
    await nowhere.setWeight(nextFence(), 0);
    await nowhere.restore(nextFence());
  });
});
