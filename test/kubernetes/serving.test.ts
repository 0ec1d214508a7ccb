/** Which release serves in the end, whatever others write into the Deployment meanwhile. */
import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWorkloadActivities } from '../../activities/rollouts/workload.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop } from '../fixtures/shop.ts';

/** Labels that the release does not have. */
const unadoptable = { proxySettleMs: 50, target: { labels: { team: 'shop' } } };
const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

describeOnCluster('a release that others interfere with', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let shop: ShopRollout;
  const name = 'shop';
  const apps = () => theCluster().config().makeApiClient(AppsV1Api);

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('serving');
    await applyShop(namespace, { version: 'v1', replicas: 2, fake: true });
    shop = new ShopRollout(api, namespace, { proxySettleMs: 50 });
    await shop.claim();
  });

  const patch = (spec: object, fieldManager: string) =>
    apps().patchNamespacedDeployment({ namespace, name, body: { spec }, fieldManager }, strategic);
  const give = (version: string) =>
    patch(
      { template: { spec: { containers: [{ name: 'shop', image: shopImage(version) }] } } },
      'gitops',
    );
  const scaleToZero = () => patch({ replicas: 0 }, 'night-shift');
  /** As `kubectl scale` does it: 0 is left out of a Scale, so its writer leaves no name. */
  const scaleAway = () =>
    apps().patchNamespacedDeploymentScale(
      { namespace, name, body: { spec: { replicas: 0 } }, fieldManager: 'night-shift' },
      strategic,
    );
  const whatServes = async () => {
    const core = theCluster().config().makeApiClient(CoreV1Api);
    const { spec } = await core.readNamespacedService({ namespace, name });
    const labelSelector = Object.entries(spec?.selector ?? {})
      .map((pair) => pair.join('='))
      .join(',');
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    return items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map((pod) => pod.spec?.containers[0]?.image);
  };
  /** The Deployment will not adopt the canary, but replace its own pods. */
  const replaced = async () => {
    await shop.releaseService();
    shop = new ShopRollout(api, namespace, unadoptable);
    await shop.claim();
  };
  const drift = (line: string) =>
    eventually(async () => expect((await shop.state()).drift).toEqual([line]));

  const edited =
    'spec.template: Deployment shop was edited while a rollout owns it; written by gitops';
  const scaled = 'spec.replicas: Deployment shop was scaled to 0, from 2; written by night-shift';
  const v2 = [shopImage('v2'), shopImage('v2')];

  test.each(['v1', 'v3'])(
    'is not settled on %s, which a tool writes while stable takes it over',
    async (version) => {
      await replaced();
      await shop.stage('v2', 100);
      await shop.promote();
      await give(version);
      await drift(edited);
      await expect(shop.settle()).rejects.toMatchObject({ code: 'drifted', message: edited });
      expect(await whatServes()).toEqual(v2);
      await shop.correctDrift();
      await shop.complete();
      await shop.settle();
      await shop.releaseService();
      expect(await whatServes()).toEqual(v2);
      expect((await shop.state()).stable?.release.version).toBe('v2');
    },
  );

  test('is not settled on a stable that was scaled to 0, and its undo brings the pods back', async () => {
    await replaced();
    await shop.stage('v2', 100);
    await shop.promote();
    await shop.complete();
    await scaleToZero();
    await drift(scaled);
    expect((await shop.state()).update).toMatchObject({ complete: false, wanted: 0 });
    await expect(shop.settle()).rejects.toMatchObject({ code: 'drifted', message: scaled });
    expect(await whatServes()).toEqual(v2);
    await shop.revert();
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
    expect(await whatServes()).toEqual([shopImage('v1'), shopImage('v1')]);
  });

  test('is neither promoted over a stable that was scaled to 0, nor aborted to no pods', async () => {
    await shop.stage('v2', 100);
    await scaleAway();
    await drift('spec.replicas: Deployment shop was scaled to 0, from 2');
    await expect(shop.promote()).rejects.toMatchObject({
      code: 'drifted',
      message: expect.stringContaining('shop was scaled to 0, so it could not') as string,
    });
    await shop.abort();
    expect(await whatServes()).toEqual([shopImage('v1'), shopImage('v1')]);
  });

  test.each(['v1', 'v3'])(
    'replaced in place does not stay where a tool writes %s',
    async (version) => {
      await shop.replace('v2', 'rolling');
      await give(version);
      await drift(edited);
      await expect(shop.settle()).rejects.toMatchObject({ code: 'drifted', message: edited });
      await shop.correctDrift();
      await shop.complete();
      await shop.settle();
      await shop.releaseService();
      expect(await whatServes()).toEqual(v2);
    },
  );

  test('is claimed by its kind, and the undo of a claim clears what the claim had not', async () => {
    await replaced();
    expect((await shop.state()).owner?.kind).toBe('canary');
    await shop.stage('v2', 100);
    await shop.promote();
    const next = new ShopRollout(api, namespace, { ...unadoptable, rolloutId: 'r2' });
    await next.claim();
    await expect(next.releaseService()).rejects.toThrow('a promotion is under way');
    const platform = createKubernetesPlatform({
      clusters: { of: () => Promise.resolve(api) },
      proxySettleMs: 50,
    });
    const { letGoOfService } = createWorkloadActivities({ kubernetes: platform, local: platform });
    const release = () =>
      new MockActivityEnvironment().run<
        Parameters<typeof letGoOfService>,
        string[],
        typeof letGoOfService
      >(letGoOfService, next.ref, next.fence(), 'undo');
    await eventually(async () => expect(await release()).toEqual([]), 60_000);
    expect((await next.state()).owner).toBeUndefined();
    expect(await whatServes()).toEqual([shopImage('v1'), shopImage('v1')]);
  });

  test('is not promoted from a canary that others have edited', async () => {
    await shop.stage('v2', 100);
    const [canary] = await api.list('replicasets', namespace, { 'belay.dev/track': 'canary' });
    const set = canary!.metadata!.name!;
    const image = [{ name: 'shop', image: shopImage('v3') }];
    const body = { spec: { template: { spec: { containers: image } } } };
    await apps().patchNamespacedReplicaSet({ namespace, name: set, body }, strategic);
    await drift(`spec.template: ReplicaSet ${set}, the canary, was edited`);
    await expect(shop.promote()).rejects.toMatchObject({ code: 'drifted' });
    await shop.correctDrift();
    await shop.canaryReady(2);
    await shop.promoteToTheEnd();
    expect(await whatServes()).toEqual(v2);
  });
});
