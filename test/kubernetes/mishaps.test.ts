/** What goes wrong around an act: answers lost, writes held up, objects gone, no room for pods. */
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ClusterApi } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import { TestFailed } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, routeShop } from '../fixtures/shop.ts';

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const name = 'shop';
/** Labels that the release does not have: the Deployment replaces its own pods. */
const unadoptable = { labels: { team: 'shop' } };
const routed = { router: { gatewayApi: { route: name, settleMs: 100 } } };

describeOnCluster('a rollout to which something happens', ['gatewayUrl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let shop: ShopRollout;
  const apps = () => theCluster().config().makeApiClient(AppsV1Api);
  const core = () => theCluster().config().makeApiClient(CoreV1Api);
  const routes = () => theCluster().config().makeApiClient(CustomObjectsApi);
  const route = () => ({
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    namespace,
    plural: 'httproutes',
    name,
  });
  const scale = (replicas: number) =>
    apps().patchNamespacedDeployment({ namespace, name, body: { spec: { replicas } } }, merge);
  const selector = async () =>
    (await core().readNamespacedService({ namespace, name })).spec?.selector;
  const newShop = (options: { preStopSeconds?: number } = {}) =>
    applyShop(namespace, { version: 'v1', replicas: 3, fake: true, ...options });
  const roomForNoMorePods = async () => {
    const { items } = await core().listNamespacedPod({ namespace });
    await core().createNamespacedResourceQuota({
      namespace,
      body: { metadata: { name: 'tight' }, spec: { hard: { pods: String(items.length) } } },
    });
    await eventually(async () => {
      const quota = await core().readNamespacedResourceQuota({ namespace, name: 'tight' });
      expect(quota.status?.used?.['pods']).toBe(String(items.length));
    });
  };
  const rollout = (worker: ClusterApi = api, rolloutId = 'r1', target = {}) =>
    new ShopRollout(worker, namespace, { proxySettleMs: 50, rolloutId, target });

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('mishap');
    shop = rollout();
  });

  const commits = {
    'the release': '/spec/template',
    'the adoption': '/metadata/ownerReferences',
  };

  test.each(Object.entries(commits))(
    'stays promoted where the answer to %s is lost',
    async (_what, written) => {
      await newShop();
      await shop.claim();
      await shop.stage('v2', 100);
      let isLost = false;
      shop.goOnWith({
        ...api,
        patch: async (ref, steps) => {
          const answer = await api.patch(ref, steps);
          if (isLost || !steps.some(({ op, path }) => op === 'replace' && path === written))
            return answer;
          isLost = true;
          throw new TestFailed('sent again after its answer was lost');
        },
      });
      expect(await shop.promote()).toBe('done');
      expect(isLost).toBe(true);
      await shop.complete();
      await shop.settle();
      await shop.releaseService();
      expect((await shop.state()).stable?.release.version).toBe('v2');
    },
  );

  test('keeps its canary where the delete of the rollout before arrives late', async () => {
    await newShop();
    await shop.claim();
    let letThrough = () => {};
    const opened = new Promise<void>((resolve) => (letThrough = resolve));
    let report = () => {};
    const held = new Promise<void>((resolve) => (report = resolve));
    shop.goOnWith({
      ...api,
      remove: async (ref, seen) => {
        report();
        await opened;
        return api.remove(ref, seen);
      },
    });
    const late = shop.releaseService().then(
      () => 'done',
      (error: unknown) => String(error),
    );
    await held;
    const next = rollout(api, 'r2');
    await next.claim();
    await next.stage('v2', 100);
    letThrough();
    expect(await late).toContain('comes too late');
    expect((await next.state()).canary?.replicas).toHaveLength(3);
    await next.abort();
  });

  test('leaves the traffic on the canary while stable has no pod, and brings its pods back', async () => {
    await newShop();
    await shop.claim();
    const pinned = await selector();
    await shop.stage('v2', 100);
    const toCanary = await selector();
    expect(toCanary).not.toEqual(pinned);
    await scale(0);
    await eventually(async () => expect((await shop.state()).stable?.replicas).toEqual([]));
    await roomForNoMorePods();
    await expect(shop.setWeight(0)).rejects.toThrow('no ready pod');
    expect(await selector()).toEqual(toCanary);
    await core().deleteNamespacedResourceQuota({ namespace, name: 'tight' });
    await eventually(() => shop.setWeight(0), 60_000);
    expect(await selector()).toEqual(pinned);
    expect((await apps().readNamespacedDeployment({ namespace, name })).spec?.replicas).toBe(3);
    await shop.removeCanary();
    await shop.releaseService();
  });

  const routeMishaps: Record<string, () => Promise<unknown>> = {
    'is deleted': () => routes().deleteNamespacedCustomObject(route()),
    'gets a third backend': async () => {
      const backendRefs = [shopBackend(50), { ...shopBackend(50), name: 'shop-canary' }, other];
      await routes().patchNamespacedCustomObject(
        { ...route(), body: { spec: { rules: [{ backendRefs }] } } },
        merge,
      );
    },
    'is led elsewhere': () =>
      routes().patchNamespacedCustomObject(
        { ...route(), body: { spec: { rules: [{ backendRefs: [other] }] } } },
        merge,
      ),
  };
  const shopBackend = (weight: number) => ({ name, port: 80, weight });
  const other = { name: 'other', port: 80, weight: 1 };

  test.each(Object.entries(routeMishaps))(
    'is aborted where its route %s',
    async (_what, happen) => {
      await applyShop(namespace, { version: 'v1', replicas: 1 });
      await routeShop(namespace);
      shop = rollout(api, 'r1', routed);
      await shop.claim();
      await shop.stage('v2', 50);
      await happen();
      await shop.abort();
      const { deployments, services } = await shopObjects(namespace);
      expect(deployments).toHaveLength(1);
      expect(services).toHaveLength(1);
    },
  );

  test('is cleared away where its Deployment is deleted, or made anew', async () => {
    await newShop();
    await shop.claim();
    await shop.stage('v2', 50);
    await apps().deleteNamespacedDeployment({ namespace, name });
    await eventually(async () =>
      expect(await api.get({ kind: 'deployments', namespace, name })).toBeUndefined(),
    );
    await shop.setWeight(0);
    await shop.removeCanary();
    await newShop();
    await shop.setWeight(0);
    await shop.removeCanary();
    await shop.releaseService();
    expect(await selector()).toEqual({ app: 'shop' });
    expect((await shopObjects(namespace))['deployments']).toHaveLength(1);
  });

  test('is aborted onto the pods there are where there is no room for all of them', async () => {
    await newShop({ preStopSeconds: 1 });
    await shop.claim();
    await shop.stage('v2', 50);
    await eventually(async () => expect((await shop.state()).stable?.replicas).toHaveLength(2));
    await roomForNoMorePods();
    const fence = shop.fence();
    const startMs = Date.now();
    await eventually(() => shop.setWeight(0, fence), 30_000);
    expect(Date.now() - startMs).toBeLessThan(12_000);
    expect(await selector()).toHaveProperty('pod-template-hash');
    await core().deleteNamespacedResourceQuota({ namespace, name: 'tight' });
    await shop.removeCanary();
    await shop.releaseService();
  });

  test('believes an owner who scales it while its weight is set', async () => {
    await newShop();
    await shop.claim();
    await shop.canaryReady((await shop.apply('v2', 50)).replicas);
    let isScaled = false;
    shop.goOnWith({
      ...api,
      patch: async (ref, steps) => {
        const answer = await api.patch(ref, steps);
        if (!isScaled && ref.kind === 'services') {
          isScaled = true;
          await scale(5);
        }
        return answer;
      },
    });
    await shop.setWeight(50);
    expect((await apps().readNamespacedDeployment({ namespace, name })).spec?.replicas).toBe(5);
    await shop.abort();
  });

  test('is settled by what the cluster says, not by what a worker remembers', async () => {
    await newShop();
    shop = rollout(api, 'r1', unadoptable);
    await shop.claim();
    await shop.stage('v2', 100);
    const old = await api.get({ kind: 'deployments', namespace, name });
    await shop.promote();
    shop.goOnWith({
      ...api,
      get: async (ref) =>
        ref.kind === 'deployments' && ref.name === name
          ? (old as Awaited<ReturnType<typeof api.get<typeof ref.kind>>>)
          : api.get(ref),
    });
    await expect(shop.settle()).rejects.toMatchObject({ code: 'unavailable' });
    shop.goOnWith(api);
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
  });

  test('is not taken over by one that would leave its route behind', async () => {
    await applyShop(namespace, { version: 'v1', replicas: 1 });
    await routeShop(namespace);
    shop = rollout(api, 'r1', routed);
    await shop.claim();
    await shop.stage('v2', 50);
    await expect(rollout(api, 'r2').claim()).rejects.toThrow('HTTPRoute shop');
    const next = rollout(api, 'r3', routed);
    await next.claim();
    await next.abort();
  });

  test.each(['settle', 'revert'] as const)(
    'has a %s that goes on over a selector that someone else wrote',
    async (way) => {
      await newShop();
      shop = rollout(api, 'r1', unadoptable);
      await shop.claim();
      await shop.stage('v2', 100);
      await shop.promote();
      await shop.complete();
      const theirs = { 'pod-template-hash': 'nobody' };
      await core().patchNamespacedService(
        { namespace, name, body: { spec: { selector: theirs } } },
        merge,
      );
      if (way === 'revert') {
        expect(await shop.revert()).toBe('under-way');
        await shop.complete();
      }
      await shop.settle();
      await shop.releaseService();
      expect(await selector()).toEqual({ app: 'shop' });
    },
  );

  test('can be undone by another promotion once it has been settled', async () => {
    await newShop();
    await shop.claim();
    await shop.stage('v2', 100);
    await shop.promote();
    await shop.complete();
    await shop.settle();
    await shop.claim();
    await shop.stage('v1', 100);
    expect(await shop.promote()).toBe('done');
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
    expect((await shop.state()).stable?.release.version).toBe('v1');
  });
});
