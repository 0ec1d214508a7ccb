/** Adoptions of real pods without a preStop hook that are taken back, under load from outside; nothing may be lost. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import type { ClusterApi } from '../../../src/adapters/kubernetes-api/cluster-api.ts';
import type { OwnedClusterApi } from '../../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { withoutHash, withoutSetAside } from '../../../src/adapters/kubernetes/objects/template.ts';
import { dyingAfterAdoption, strikingAt } from '../../fixtures/adoption-shop.ts';
import { describeOnCluster, newNamespace } from '../../fixtures/cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { openCluster, ShopRollout } from '../../fixtures/shop-rollout.ts';
import { applyShop, routeShop, shopServiceUrl } from '../../fixtures/shop.ts';
import { straight, through, underLoad } from '../../fixtures/under-load.ts';

const router = { gatewayApi: { route: 'shop', settleMs: 3_000 } };

describeOnCluster('a promotion', ['gatewayUrl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  beforeAll(async () => {
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('adoption');
    await applyShop(namespace, { version: 'v1', replicas: 3 });
  });

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

  test.each(interruptions)('%s is taken back without a lost request', async (_how, interrupted) => {
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
  });
});
