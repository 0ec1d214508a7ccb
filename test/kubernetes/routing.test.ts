import { CustomObjectsApi, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/adapters/kubernetes/api/cluster-api.ts';
import {
  createClusterApi,
  type OwnedClusterApi,
} from '../../src/adapters/kubernetes/api/create-cluster-api.ts';
import { findAccess } from '../../src/adapters/kubernetes/api/kubeconfig.ts';
import { createRouter } from '../../src/adapters/kubernetes/routing/create-router.ts';
import type { Router } from '../../src/adapters/kubernetes/routing/router.ts';
import type { RouterSpec } from '../../src/specs/kubernetes-target.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { applyShop, ingressShop, routeShop } from '../fixtures/shop.ts';

/** Above what Traefik collects changes for: 2 s. */
const settleMs = 3_000;
const labels = { 'belay.dev/service': 'demo.shop' };

describeOnCluster('routers', ['gatewayUrl', 'ingressUrl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let step = 0;

  const fence = (rolloutId = 'r1') => ({ rolloutId, step: (step += 1) });
  const routerOf = (spec: RouterSpec): Router =>
    createRouter(spec, { api, namespace, services: ['shop'], canary: 'shop-canary', labels })!;

  beforeAll(async () => {
    namespace = await newNamespace('routing');
    const access = await findAccess(theCluster().kubeconfig, undefined);
    api = createClusterApi({ access, version: 'test', rate: { qps: 50, burst: 100 } });
    await Promise.all([
      applyShop(namespace, { version: 'v1', replicas: 1 }),
      applyShop(namespace, { name: 'shop-canary', version: 'v2', replicas: 1 }),
    ]);
  });
  afterAll(() => api.close());

  /** Answers of each version, out of so many requests one after the other. */
  const countAnswers = async (url: string, requests: number) => {
    const versions = { v1: 0, v2: 0, lost: 0 };
    for (let sent = 0; sent < requests; sent += 1) {
      const answer = await fetch(url);
      const { version } = (await answer.json()) as { version?: 'v1' | 'v2' };
      versions[answer.ok && version ? version : 'lost'] += 1;
    }
    return versions;
  };

  const canaryShare = async (url: string) => {
    const requests = 400;
    const { v2, lost } = await countAnswers(url, requests);
    expect(lost).toBe(0);
    return (100 * v2) / requests;
  };

  /** What the router was told must hold once it has settled, and until then no request may be lost. */
  const settled = async (url: string) => {
    const until = performance.now() + settleMs;
    while (performance.now() < until) {
      expect((await countAnswers(url, 10)).lost).toBe(0);
      await sleep(50);
    }
  };

  const edit = async (kind: string, apiVersion: string, name: string, change: object) => {
    const objects = KubernetesObjectApi.makeApiClient(theCluster().config());
    const body = { apiVersion, kind, metadata: { namespace, name }, ...change };
    await objects.patch(body, undefined, undefined, 'argocd', undefined, PatchStrategy.MergePatch);
  };

  describeOnCluster('by an HTTPRoute', ['gatewayUrl'], () => {
    let url: string;
    let router: Router;
    let ref: ObjectRef<'httproutes'>;

    beforeAll(async () => {
      url = await routeShop(namespace);
      router = routerOf({ gatewayApi: { route: 'shop', settleMs } });
      ref = { kind: 'httproutes', namespace, name: 'shop' };
    });

    test('a weight divides the requests, is verified, and restoring leaves the route as it was', async () => {
      const original = await api.getLive(ref);
      expect(await router.read()).toEqual({
        refusals: [],
        drift: [],
        service: 'shop',
        weight: 0,
      });
      const verified = async (weight: number) => {
        await router.setWeight(fence(), weight);
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
      expect(await router.restore(fence())).toEqual([]);
      const restored = await api.getLive(ref);
      expect(restored?.spec).toEqual(original?.spec);
      expect(Object.keys(restored?.metadata?.annotations ?? {})).toEqual(['belay.dev/fence']);
    });

    test('a weight that comes after the undo is refused, also before anything was written', async () => {
      const late = fence('r2');
      await router.setWeight(fence('r2'), 0);
      await expect(router.setWeight(late, 50)).rejects.toThrow('comes too late');
      expect((await api.getLive(ref))?.metadata?.annotations).not.toHaveProperty([
        'belay.dev/weight',
      ]);
      await router.setWeight(fence('r2'), 50);
      const overtaken = fence('r2');
      await router.setWeight(fence('r2'), 0);
      await expect(router.setWeight(overtaken, 70)).rejects.toThrow('comes too late');
      await router.restore(fence('r2'));
      await expect(router.setWeight(overtaken, 70)).rejects.toThrow('comes too late');
      expect((await router.read()).weight).toBe(0);
    });

    test('the same weight again writes nothing, not even its fence', async () => {
      const first = fence();
      await router.setWeight(first, 30);
      await router.setWeight(fence(), 30);
      const { annotations } = (await api.getLive(ref))?.metadata ?? {};
      expect(annotations?.['belay.dev/fence']).toBe(`r1 ${first.step}`);
      await router.restore(fence());
    });

    test("someone's edit is named with who made it, refuses the next weight, and is corrected once asked", async () => {
      await router.setWeight(fence(), 20);
      const rules = (await api.getLive(ref))?.spec?.rules ?? [];
      const edited = rules.map((rule) => ({
        ...rule,
        backendRefs: [{ name: 'shop', port: 80, weight: 1 }],
      }));
      await edit('HTTPRoute', 'gateway.networking.k8s.io/v1', 'shop', { spec: { rules: edited } });
      const line =
        'HTTPRoute shop gives shop-canary 0 % in rule 1, not the 20 % that Belay wrote; written by argocd';
      await eventually(async () => expect((await router.read()).drift).toEqual([line]));
      await expect(router.setWeight(fence(), 50)).rejects.toMatchObject({
        code: 'conflict',
        message: line,
      });
      await router.correct(fence(), 20);
      expect(await router.read()).toMatchObject({ weight: 20, drift: [] });
      await router.setWeight(fence(), 0);
      await router.restore(fence());
      expect((await router.read()).weight).toBe(0);
    });

    test("a weight lands although someone's label arrived since the route was read", async () => {
      await router.setWeight(fence(), 10);
      await edit('HTTPRoute', 'gateway.networking.k8s.io/v1', 'shop', {
        metadata: { namespace, name: 'shop', labels: { team: 'shop' } },
      });
      await router.setWeight(fence(), 15);
      expect((await api.getLive(ref))?.metadata?.labels).toEqual({ team: 'shop' });
      await router.restore(fence());
    });

    test('a route to a Service that does not exist is not verified, and says why', async () => {
      const nowhere = createRouter(
        { gatewayApi: { route: 'shop', settleMs } },
        { api, namespace, services: ['shop'], canary: 'no-such-canary', labels },
      )!;
      await nowhere.setWeight(fence(), 0);
      await nowhere.setWeight(fence(), 1);
      await eventually(async () => {
        expect(await nowhere.verify(1)).toMatchObject({
          kind: 'not-yet',
          missing: expect.stringContaining('no-such-canary'),
        });
      });
      await nowhere.setWeight(fence(), 0);
      await nowhere.restore(fence());
    });
  });

  describeOnCluster('by an Ingress', ['ingressUrl'], () => {
    let url: string;
    let router: Router;
    const main = (): ObjectRef<'ingresses'> => ({ kind: 'ingresses', namespace, name: 'shop' });
    const second = () => ({ ...main(), name: 'shop-canary' });

    beforeAll(async () => {
      url = await ingressShop(namespace);
      router = routerOf({ nginx: { ingress: 'shop', settleMs } });
    });
    beforeEach(() => router.prepare(fence()));

    test('a weight divides the requests, and restoring leaves no Ingress of Belay', async () => {
      const original = await api.getLive(main());
      const apply = async (weight: number) => {
        await router.setWeight(fence(), weight);
        expect((await router.verify(weight)).kind).toBe('unsupported');
        await settled(url);
        expect(await router.read()).toEqual({ refusals: [], drift: [], service: 'shop', weight });
      };
      await apply(20);
      const share = await canaryShare(url);
      expect(share).toBeGreaterThan(12);
      expect(share).toBeLessThan(28);
      await apply(100);
      expect(await canaryShare(url)).toBe(100);
      await apply(0);
      expect(await canaryShare(url)).toBe(0);
      await router.restore(fence());
      expect(await api.getLive(second())).toBeUndefined();
      expect((await api.getLive(main()))?.metadata?.resourceVersion).toBe(
        original?.metadata?.resourceVersion,
      );
    });

    test('a weight that comes after the undo is refused, also when all is given back', async () => {
      const late = fence();
      await router.setWeight(fence(), 0);
      await expect(router.setWeight(late, 50)).rejects.toThrow('comes too late');
      await router.restore(fence());
      await expect(router.setWeight(late, 50)).rejects.toMatchObject({ code: 'conflict' });
      expect(await api.getLive(second())).toBeUndefined();
    });

    test("someone's edit is named with who made it, refuses the next weight, and is corrected once asked", async () => {
      await router.setWeight(fence(), 20);
      await edit('Ingress', 'networking.k8s.io/v1', 'shop-canary', {
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
      await expect(router.setWeight(fence(), 50)).rejects.toMatchObject({ code: 'conflict' });
      await router.correct(fence(), 20);
      expect(await router.read()).toMatchObject({ weight: 20, drift: [] });
      await router.restore(fence());
    });
  });

  describeOnCluster('by a VirtualService, which only the API server checks', ['kubeconfig'], () => {
    let router: Router;
    let ref: ObjectRef<'virtualservices'>;

    beforeAll(async () => {
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
      router = routerOf({ istio: { virtualService: 'shop', settleMs } });
      ref = { kind: 'virtualservices', namespace, name: 'shop' };
    });

    test('a weight stands in the section that leads to the Service, and nowhere else', async () => {
      const original = await api.getLive(ref);
      await router.setWeight(fence(), 25);
      const live = await api.getLive(ref);
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
      await router.setWeight(fence(), 0);
      await router.restore(fence());
      expect((await api.getLive(ref))?.spec).toEqual(original?.spec);
    });
  });
});

function to(host: string) {
  return [{ destination: { host, port: { number: 80 } } }];
}
