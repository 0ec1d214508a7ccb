import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { applyObject, mergeAsSomeone } from '../fixtures/shop-objects-on-cluster.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, routeShop } from '../fixtures/shop.ts';

/** `aaa-` sorts before everything else: what takes the first takes the wrong one. */
describeOnCluster('several Services in front of the same pods', ['gatewayUrl'], () => {
  let api: OwnedClusterApi;
  const core = () => theCluster().config().makeApiClient(CoreV1Api);

  beforeAll(async () => {
    api = await openCluster();
  });
  afterAll(() => api.close());

  async function severalServices() {
    const namespace = await newNamespace('several');
    await applyShop(namespace, { version: 'v1', replicas: 1 });
    const selector = { app: 'shop' };
    const service = (name: string, spec: object) =>
      applyObject({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace, name },
        spec: { selector, ...spec },
      });
    await service('aaa-metrics', { ports: [{ name: 'metrics', port: 9999, targetPort: 9999 }] });
    await service('aaa-peers', { clusterIP: 'None' });
    await mergeAsSomeone({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        namespace,
        name: 'shop',
        labels: { team: 'shop', 'argocd.argoproj.io/instance': 'shop' },
        annotations: {
          'service.kubernetes.io/topology-mode': 'Auto',
          'external-dns.alpha.kubernetes.io/hostname': 'shop.example',
        },
      },
      spec: { sessionAffinity: 'ClientIP', internalTrafficPolicy: 'Local' },
    });
    await mergeAsSomeone({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name: 'shop', labels: { team: 'shop' }, annotations: { owner: 'us' } },
    });
    return { namespace, url: await routeShop(namespace) };
  }

  test('the canary gets a copy of the Service that the route leads to, and serves by it', async () => {
    const { namespace, url } = await severalServices();
    const router = { gatewayApi: { route: 'shop', settleMs: 3_000 } };
    const shop = new ShopRollout(api, namespace, { target: { router }, proxySettleMs: 50 });
    await shop.claim();
    const copy = await core().readNamespacedService({ namespace, name: 'shop-canary' });
    expect(copy.spec).toMatchObject({
      ports: [{ name: 'http', port: 80 }],
      sessionAffinity: 'ClientIP',
      internalTrafficPolicy: 'Local',
    });
    expect(copy.metadata?.labels).toMatchObject({ team: 'shop', 'belay.dev/track': 'canary' });
    expect(copy.metadata?.labels).not.toHaveProperty(['argocd.argoproj.io/instance']);
    expect(Object.keys(copy.metadata?.annotations ?? {}).sort()).toEqual([
      'belay.dev/fence',
      'service.kubernetes.io/topology-mode',
    ]);
    const [canary] = await api.list('replicasets', namespace, { 'belay.dev/track': 'canary' });
    expect(canary?.metadata?.labels).toMatchObject({ app: 'shop', team: 'shop' });
    expect(canary?.metadata?.annotations).toMatchObject({ owner: 'us' });
    const state = await shop.state();
    expect(state.url).toBe(`http://shop.${namespace}.svc`);
    expect(state.remarks).toContain(
      "the canary's copy of Service shop is created without annotation external-dns.alpha.kubernetes.io/hostname",
    );
    await shop.stage('v2', 100);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (let sent = 0; sent < 50; sent += 1) {
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ version: 'v2' });
    }
    await shop.abort();
  });
});
