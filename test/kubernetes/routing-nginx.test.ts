import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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
import { ingressShop } from '../fixtures/shop.ts';

describeOnCluster('traffic divided by an Ingress', ['ingressUrl'], () => {
  let url: string;
  let router: Router;
  let shop: DividedShop;
  let namespace: string;
  const main = (): ObjectRef<'ingresses'> => ({ kind: 'ingresses', namespace, name: 'shop' });
  const second = () => ({ ...main(), name: 'shop-canary' });

  beforeAll(async () => {
    shop = await divideShop('ingress');
    ({ namespace } = shop);
    url = await ingressShop(namespace);
    router = shop.routerOf({ nginx: { ingress: 'shop', settleMs } });
  });
  afterAll(() => shop.api.close());
  beforeEach(() => router.prepare(nextFence()));

  test('a weight divides the requests, and restoring leaves no Ingress of Belay', async () => {
    const original = await shop.api.getLive(main());
    const apply = async (weight: number) => {
      await router.setWeight(nextFence(), weight);
      expect((await router.verify(weight)).kind).toBe('unsupported');
      await settled(url);
      const leadsToCanary = weight > 0;
      expect(await router.read()).toEqual({
        refusals: [],
        drift: [],
        service: 'shop',
        weight,
        leadsToCanary,
      });
    };
    await apply(20);
    const share = await canaryShare(url);
    expect(share).toBeGreaterThan(12);
    expect(share).toBeLessThan(28);
    await apply(100);
    expect(await canaryShare(url)).toBe(100);
    await apply(0);
    expect(await canaryShare(url)).toBe(0);
    await router.restore(nextFence());
    expect(await shop.api.getLive(second())).toBeUndefined();
    expect((await shop.api.getLive(main()))?.metadata?.resourceVersion).toBe(
      original?.metadata?.resourceVersion,
    );
  });

  test('a weight that comes after the undo is refused, also when all is given back', async () => {
    const late = nextFence();
    await router.setWeight(nextFence(), 0);
    await expect(router.setWeight(late, 50)).rejects.toThrow('comes too late');
    await router.restore(nextFence());
    await expect(router.setWeight(late, 50)).rejects.toMatchObject({ code: 'conflict' });
    expect(await shop.api.getLive(second())).toBeUndefined();
  });

  test('a weight that was under way when the undo was written is refused when it arrives', async () => {
    const late = shop.delayed({ nginx: { ingress: 'shop', settleMs } });
    const refused = expect(late.router.setWeight(nextFence(), 50)).rejects.toMatchObject({
      code: 'stale-fence',
    });
    await Promise.race([late.underWay, refused]);
    await router.setWeight(nextFence(), 0);
    late.arrive();
    await refused;
    expect((await router.read()).weight).toBe(0);
  });

  test('a rollout that finds the Ingress of a dead one takes it over, and the dead one is refused', async () => {
    const dead = nextFence('dead');
    await router.setWeight(nextFence(), 40);
    await router.prepare(nextFence('next'));
    expect((await router.read()).weight).toBe(40);
    await expect(router.setWeight(dead, 60)).rejects.toMatchObject({ code: 'stale-fence' });
    await router.setWeight(nextFence('next'), 0);
    await router.restore(nextFence('next'));
  });

  test("someone's edit is named with who made it, refuses the next weight, and is corrected once asked", async () => {
    await router.setWeight(nextFence(), 20);
    await shop.edit('Ingress', 'networking.k8s.io/v1', 'shop-canary', {
      metadata: {
        namespace,
        name: 'shop-canary',
        annotations: {
          'nginx.ingress.kubernetes.io/canary-weight': '90',
          'nginx.ingress.kubernetes.io/canary-by-header': 'x-canary',
        },
      },
    });
    const lines = [
      'Ingress shop gives shop-canary 90 %, not the 20 % that Belay wrote; written by argocd',
      'Ingress shop divides by nginx.ingress.kubernetes.io/canary-by-header too, on shop-canary; written by argocd',
    ];
    await eventually(async () => expect((await router.read()).drift).toEqual(lines));
    await expect(router.setWeight(nextFence(), 50)).rejects.toMatchObject({ code: 'conflict' });
    await router.correct(nextFence(), 20);
    expect(await router.read()).toMatchObject({ weight: 20, drift: [] });
    await router.restore(nextFence());
  });
});
