/** What others do to a service in mid-rollout, and what the service itself brings along. */
import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, shopComplete } from '../fixtures/shop.ts';

/** Labels that the release does not have: the Deployment replaces its own pods. */
const unadoptable = { proxySettleMs: 50, target: { labels: { team: 'shop' } } };
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

describeOnCluster('a service in mid-rollout', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let shop: ShopRollout;
  const name = 'shop';
  const patchDeployment = (body: object) =>
    theCluster()
      .config()
      .makeApiClient(AppsV1Api)
      .patchNamespacedDeployment({ namespace, name, body, fieldManager: 'gitops' }, merge);
  const spec = async () => {
    const apps = theCluster().config().makeApiClient(AppsV1Api);
    return (await apps.readNamespacedDeployment({ namespace, name })).spec!;
  };
  const patchService = (body: object) =>
    theCluster()
      .config()
      .makeApiClient(CoreV1Api)
      .patchNamespacedService({ namespace, name, body, fieldManager: 'gitops' }, merge);

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('drift');
    await applyShop(namespace, { version: 'v1', replicas: 3, fake: true });
    shop = new ShopRollout(api, namespace, { proxySettleMs: 50 });
  });

  test('is put back where someone else has unpinned and resumed it', async () => {
    const found = await shopObjects(namespace);
    await shop.claim();
    const held = await shopObjects(namespace);
    await patchService({ spec: { selector: { 'pod-template-hash': null } } });
    await patchDeployment({ spec: { paused: false } });
    await eventually(async () => {
      const { drift } = await shop.state();
      expect(drift).toEqual([
        'spec.selector: Service shop selects stable and canary, not stable alone; written by gitops',
        expect.stringContaining('spec.paused: Deployment shop was resumed'),
      ]);
    });
    await shop.correctDrift();
    expect((await shop.state()).drift).toEqual([]);
    expect(await shopObjects(namespace)).toEqual(held);
    await shop.releaseService();
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test('is not promoted over an edit of its template', async () => {
    await shop.claim();
    await shop.stage('v2', 100);
    await patchDeployment({ spec: { template: { metadata: { labels: { edited: 'yes' } } } } });
    await expect(shop.promote()).rejects.toThrow('someone changed the pod template of');
    await shop.correctDrift();
    await shop.promoteToTheEnd();
    expect((await shop.state()).stable?.release.version).toBe('v2');
  });

  test('keeps its autoscaler from scaling down, and gives it back as it was', async () => {
    const autoscalers = theCluster().config().makeApiClient(AutoscalingV2Api);
    await autoscalers.createNamespacedHorizontalPodAutoscaler({
      namespace,
      body: {
        metadata: { name },
        spec: {
          maxReplicas: 8,
          minReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        },
      },
    });
    const found = await shopObjects(namespace);
    await shop.claim();
    const read = () => autoscalers.readNamespacedHorizontalPodAutoscaler({ namespace, name });
    expect((await read()).spec?.behavior?.scaleDown?.selectPolicy).toBe('Disabled');
    await patchDeployment({ spec: { replicas: 6 } });
    await eventually(async () => expect((await shop.apply('v2', 50)).replicas).toBe(6));
    await shop.canaryReady(6);
    expect(await shop.setWeight(50)).toEqual({ verified: true, weight: 50 });
    await shop.abort();
    await patchDeployment({ spec: { replicas: 3 } });
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test('without kept ReplicaSets goes back to a template that is kept for it', async () => {
    await patchDeployment({ spec: { revisionHistoryLimit: 0 } });
    await shopComplete(namespace);
    shop = new ShopRollout(api, namespace, unadoptable);
    await shop.claim();
    await shop.stage('v2', 100);
    await shop.promote();
    await shop.complete();
    await eventually(async () =>
      expect(await api.list('replicasets', namespace, { app: 'shop' })).toHaveLength(2),
    );
    expect(await shop.revert()).toBe('under-way');
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
    const { items } = await theCluster()
      .config()
      .makeApiClient(CoreV1Api)
      .listNamespacedPod({ namespace, labelSelector: 'app=shop' });
    const images = items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ spec }) => spec?.containers[0]?.image);
    expect(new Set(images)).toEqual(new Set(['belay.test/shop:v1']));
  });

  test.each(['rolling', 'recreate'] as const)(
    'is replaced in place, %s, and gets its release and strategy back',
    async (how) => {
      const found = await shopObjects(namespace);
      await shop.claim();
      expect(await shop.replace('v2', how)).toBe('under-way');
      await shop.complete();
      expect((await shop.state()).stable?.release.version).toBe('v2');
      expect(await shop.restoreReplaced()).toBe('under-way');
      await shop.complete();
      await shop.releaseService();
      expect(await shopObjects(namespace)).toEqual(found);
    },
  );

  test('replaces all pods of stable at once while the canary serves, and as before from then on', async () => {
    const { strategy } = await spec();
    shop = new ShopRollout(api, namespace, unadoptable);
    await shop.claim();
    await shop.stage('v2', 100);
    await shop.promote();
    expect((await spec()).strategy?.rollingUpdate).toEqual({ maxUnavailable: '100%', maxSurge: 0 });
    await shop.complete();
    await shop.settle();
    expect((await spec()).strategy).toEqual(strategy);
    await shop.releaseService();
  });

  test.each(['rolling', 'recreate'] as const)(
    'keeps a release that has replaced the other for good, and its strategy: %s',
    async (how) => {
      const { strategy } = await spec();
      await shop.claim();
      await shop.replace('v2', how);
      await shop.complete();
      await shop.settle();
      expect(await shop.restoreReplaced()).toBe('done');
      await shop.releaseService();
      const template = { spec: { containers: [{ image: 'belay.test/shop:v2' }] } };
      expect(await spec()).toMatchObject({ strategy, template });
      expect((await spec()).paused).toBeFalsy();
    },
  );

  test('gets a recreated release back the way it came: one version at a time', async () => {
    await shop.claim();
    await shop.replace('v2', 'recreate');
    await shop.complete();
    await shop.restoreReplaced();
    expect((await spec()).strategy?.type).toBe('Recreate');
    await shop.complete();
    const next = new ShopRollout(api, namespace, { rolloutId: 'r2', proxySettleMs: 50 });
    await next.claim();
    await next.releaseService();
    expect((await spec()).strategy?.type).toBe('RollingUpdate');
  });

  test('is not claimed while an update of it is under way', async () => {
    await patchDeployment({ spec: { paused: true } });
    await patchDeployment({ spec: { template: { metadata: { labels: { edited: 'yes' } } } } });
    await eventually(async () => {
      await expect(shop.claim()).rejects.toThrow(
        'someone paused it with a template that does not run',
      );
    });
  });

  test('is not claimed while something else has the name of its canary', async () => {
    await theCluster()
      .config()
      .makeApiClient(AppsV1Api)
      .createNamespacedControllerRevision({
        namespace,
        body: { metadata: { name: 'shop-canary' }, revision: 1, data: { of: 'someone else' } },
      });
    await expect(shop.claim()).rejects.toThrow('shop-canary exists, but Belay did not create it');
  });
});
