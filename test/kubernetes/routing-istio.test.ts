import { CustomObjectsApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { Router } from '../../src/adapters/kubernetes/routing/router.ts';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';
import { divideShop, nextFence, settleMs, type DividedShop } from '../fixtures/divided-shop.ts';

describeOnCluster(
  'traffic divided by a VirtualService, as far as the API server checks it',
  ['kubeconfig'],
  () => {
    let router: Router;
    let shop: DividedShop;
    let namespace: string;
    let ref: ObjectRef<'virtualservices'>;

    beforeAll(async () => {
      shop = await divideShop('istio');
      ({ namespace } = shop);
      const host = `shop.${namespace}.svc.cluster.local`;
      const http = [
        { name: 'legacy', match: [{ uri: { prefix: '/old' } }], route: to('legacy') },
        { name: 'all', timeout: '5s', route: to(host) },
      ];
      await theCluster()
        .config()
        .makeApiClient(CustomObjectsApi)
        .createNamespacedCustomObject({
          group: 'networking.istio.io',
          version: 'v1',
          namespace,
          plural: 'virtualservices',
          body: {
            apiVersion: 'networking.istio.io/v1',
            kind: 'VirtualService',
            metadata: { name: 'shop' },
            spec: { hosts: ['shop'], http },
          },
        });
      router = shop.routerOf({ istio: { virtualService: 'shop', settleMs } });
      ref = { kind: 'virtualservices', namespace, name: 'shop' };
    });

    afterAll(() => shop.api.close());

    test('a weight stands in the section that leads to the Service, and nowhere else', async () => {
      const original = await shop.api.getLive(ref);
      await router.setWeight(nextFence(), 25);
      const live = await shop.api.getLive(ref);
      expect(live?.spec?.http).toEqual([
        original?.spec?.http?.[0],
        {
          ...original?.spec?.http?.[1],
          route: [
            { ...to(`shop.${namespace}.svc.cluster.local`)[0], weight: 75 },
            { ...to(`shop-canary.${namespace}.svc.cluster.local`)[0], weight: 25 },
          ],
        },
      ]);
      expect((await router.verify(25)).kind).toBe('unsupported');
      await router.setWeight(nextFence(), 0);
      await router.restore(nextFence());
      expect((await shop.api.getLive(ref))?.spec).toEqual(original?.spec);
    });
  },
);

function to(host: string) {
  return [{ destination: { host, port: { number: 80 } } }];
}
