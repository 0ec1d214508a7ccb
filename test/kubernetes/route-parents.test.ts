import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { mergeAsSomeone } from '../fixtures/shop-objects-on-cluster.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, routeShop } from '../fixtures/shop.ts';

const served = { name: 'belay', namespace: 'belay-gateway' };
const nobodys = { name: 'nobodys', namespace: 'belay-gateway' };

describeOnCluster(
  'an HTTPRoute with a parent that no controller answers for',
  ['gatewayUrl'],
  () => {
    let api: OwnedClusterApi;
    let namespace: string;
    let url: string;

    beforeAll(async () => {
      api = await openCluster();
      namespace = await newNamespace('parents');
      await applyShop(namespace, { version: 'v1', replicas: 1 });
      url = await routeShop(namespace);
    });
    afterAll(() => api.close());

    const parents = (...parentRefs: object[]) =>
      mergeAsSomeone({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { namespace, name: 'shop' },
        spec: { parentRefs },
      });
    const rollout = () =>
      new ShopRollout(api, namespace, {
        target: { router: { gatewayApi: { route: 'shop', settleMs: 2_500 } } },
        proxySettleMs: 50,
      });
    const check = (shop: ShopRollout) =>
      createKubernetesPlatform({ clusters: { of: () => Promise.resolve(api) } }).readService(
        shop.ref,
        { release: { version: 'v2', image: 'belay.test/shop:v2' }, way: 'beside' },
      );

    test('is refused before anything is claimed', async () => {
      await parents(served, nobodys);
      await eventually(async () => {
        await expect(check(rollout())).rejects.toMatchObject({
          code: 'invalid',
          message: expect.stringContaining(
            'HTTPRoute shop has no status from gateway nobodys: no controller has reported',
          ),
        });
      });
      await parents(served);
      await eventually(async () => expect(await check(rollout())).toBeDefined());
    });

    test('is undone where the parent came in the middle of a rollout', async () => {
      const shop = rollout();
      await shop.claim();
      expect(await shop.stage('v2', 50)).toEqual({ verified: true, weight: 50 });
      await parents(served, nobodys);
      const outcome = await shop.setWeight(0);
      expect(outcome).toMatchObject({
        verified: false,
        reason: expect.stringContaining('has no status from gateway nobodys'),
      });
      await shop.removeCanary();
      await shop.releaseService();
      const answer = await fetch(url);
      expect(await answer.json()).toMatchObject({ version: 'v1' });
    });
  },
);
