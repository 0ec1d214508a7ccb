import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { applyObject, mergeAsSomeone } from '../fixtures/shop-objects-on-cluster.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, ingressShop } from '../fixtures/shop.ts';

describeOnCluster('an Ingress of a class without canaries', ['ingressUrl', 'kubectl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  /** Classes belong to the cluster: this one is the test's own. */
  let otherClass: string;

  beforeAll(async () => {
    api = await openCluster();
    namespace = await newNamespace('class');
    otherClass = `other-${namespace}`;
    await applyObject({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: otherClass },
      spec: { controller: 'example.com/no-canaries' },
    });
    await applyShop(namespace, { version: 'v1', replicas: 1 });
    await ingressShop(namespace);
  });
  afterAll(async () => {
    api.close();
    await theCluster().kubectl('delete', 'ingressclass', otherClass);
  });

  const useClass = (ingressClassName: string) =>
    mergeAsSomeone({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { namespace, name: 'shop' },
      spec: { ingressClassName },
    });
  const rollout = (controller?: string) =>
    new ShopRollout(api, namespace, {
      target: {
        router: {
          nginx: {
            ingress: 'shop',
            settleMs: 3_000,
            ...(controller !== undefined && { controller }),
          },
        },
      },
      proxySettleMs: 50,
    });
  const check = ({ ref }: ShopRollout) =>
    createKubernetesPlatform({ clusters: { of: () => Promise.resolve(api) } }).readService(ref, {
      release: { version: 'v2', image: 'belay.test/shop:v2' },
      way: 'beside',
    });

  test('is refused before anything is claimed, with what was found and what is accepted', async () => {
    expect(await check(rollout())).toBeDefined();
    await useClass(otherClass);
    await eventually(async () => {
      await expect(check(rollout())).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(
          /Ingress shop is of class other-.*, whose controller example\.com\/no-canaries is not known .* k8s\.io\/ingress-nginx/,
        ),
      });
    });
    await expect(rollout().claim()).rejects.toMatchObject({ code: 'conflict' });
    await rollout().releaseService();
  });

  test('is accepted where the spec names its controller', async () => {
    await useClass(otherClass);
    await eventually(async () => {
      expect(await check(rollout('example.com/no-canaries'))).toBeDefined();
    });
  });
});
