/** The user's Deployment adopts the canary's ReplicaSet: the pods that were judged are those that serve. */
import { AppsV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { ClusterApi } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { templateDigest } from '../../src/adapters/kubernetes/state/template-revision.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { claimAsBefore } from '../fixtures/old-canary.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout, type ShopRolloutOptions } from '../fixtures/shop-rollout.ts';
import { applyShop, shopComplete } from '../fixtures/shop.ts';

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const name = 'shop';

describeOnCluster('a promotion', ['kubectl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  let shop: ShopRollout;
  const apps = () => theCluster().config().makeApiClient(AppsV1Api);
  const patchDeployment = (spec: object) =>
    apps().patchNamespacedDeployment({ namespace, name, body: { spec } }, merge);
  const deployment = () => apps().readNamespacedDeployment({ namespace, name });
  const rollout = (options: ShopRolloutOptions = {}, worker: ClusterApi = api) =>
    new ShopRollout(worker, namespace, { proxySettleMs: 50, ...options });
  const pods = async (version: string) => {
    const all = await api.list('pods', namespace, { app: name });
    return all
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .filter(({ spec }) => spec?.containers[0]?.image === shopImage(version))
      .map(({ metadata }) => metadata?.name)
      .sort();
  };
  const replicaSets = () => api.list('replicasets', namespace, { app: name });

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('adoption');
    await applyShop(namespace, { version: 'v1', replicas: 3, fake: true });
    shop = rollout();
  });

  const toFull = async (version = 'v2') => {
    await shop.claim();
    await shop.stage(version, 100);
  };

  test('starts no pod: those of the canary are stable, and nothing else is left', async () => {
    const { deployments: _template, ...found } = await shopObjects(namespace);
    await toFull();
    const judged = await pods('v2');
    expect(judged).toHaveLength(3);
    expect(await shop.promote()).toBe('done');
    await shop.releaseService();
    expect(await pods('v2')).toEqual(judged);
    expect(await pods('v1')).toEqual([]);
    await shop.complete();
    const { deployments: _released, ...left } = await shopObjects(namespace);
    expect(left).toEqual(found);
    const { kept, stable } = await shop.state();
    expect(stable?.release.version).toBe('v2');
    expect(kept.map(({ release }) => release.version)).toEqual(['v1']);
    expect((await deployment()).spec?.paused).toBeFalsy();
  });

  test('is undone by kubectl, and followed by the next rollout', async () => {
    await toFull();
    await shop.promote();
    await shop.releaseService();
    await theCluster().kubectl('-n', namespace, 'rollout', 'undo', 'deployment/shop');
    await shopComplete(namespace);
    expect(await pods('v1')).toHaveLength(3);
    expect((await shop.state()).owner).toBeUndefined();
    const next = rollout({ rolloutId: 'r2' });
    await next.claim();
    await next.stage('v2', 100);
    expect(await next.promote()).toBe('done');
    await next.releaseService();
    expect((await next.state()).stable?.release.version).toBe('v2');
  });

  test.each([0, 1, 10])(
    'back and forth keeps one ReplicaSet for each release: revisionHistoryLimit %s',
    async (revisionHistoryLimit) => {
      await patchDeployment({ revisionHistoryLimit });
      await shopComplete(namespace);
      for (const [rolloutId, version] of [
        ['r1', 'v2'],
        ['r2', 'v1'],
        ['r3', 'v2'],
      ] as const) {
        shop = rollout({ rolloutId });
        await toFull(version);
        const judged = await pods(version);
        await shop.promoteToTheEnd();
        expect(await pods(version)).toEqual(judged);
        expect((await shop.state()).stable?.release.version).toBe(version);
        expect((await shop.state()).kept.length).toBeGreaterThan(0);
      }
      const templates = (await replicaSets()).map(({ spec }) => templateDigest(spec!.template!));
      expect(new Set(templates).size).toBe(templates.length);
      await eventually(async () =>
        expect((await replicaSets()).length).toBeLessThanOrEqual(revisionHistoryLimit + 1),
      );
    },
  );

  test('brings a kept revision back, which keeps its place in the history', async () => {
    await toFull();
    await shop.promote();
    await shop.releaseService();
    shop = rollout({ rolloutId: 'r2' });
    const [kept] = (await shop.state()).kept;
    await shop.claim();
    await shop.bringBack(kept!.release);
    expect(await shop.promote()).toBe('done');
    await shop.releaseService();
    const { stable, kept: left } = await shop.state();
    expect(stable?.release.version).toBe('v1');
    expect(left.map(({ release }) => release.version)).toEqual(['v2']);
  });

  test('waits in the background where pods count as available only later', async () => {
    await patchDeployment({ minReadySeconds: 12 });
    await eventually(async () => expect((await shop.state()).update?.complete).toBe(true), 30_000);
    await toFull();
    const judged = await pods('v2');
    expect(await shop.promote()).toBe('under-way');
    expect((await shop.state()).drift).toEqual([]);
    expect(await shop.revert()).toBe('done');
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
    expect(await pods('v2')).toEqual(judged);
  });

  test('is complete where the Deployment is scaled in the very moment', async () => {
    await toFull();
    let isScaled = false;
    shop.goOnWith({
      ...api,
      patch: async (ref, steps) => {
        const isAdoption = steps.some(({ path }) => path === '/metadata/ownerReferences');
        if (isAdoption && !isScaled) {
          isScaled = true;
          await patchDeployment({ replicas: 5 });
        }
        return api.patch(ref, steps);
      },
    });
    await shop.promote();
    expect(isScaled).toBe(true);
    await shop.complete();
    await shop.settle();
    await shop.releaseService();
    expect(await pods('v2')).toHaveLength(5);
    expect(await pods('v1')).toEqual([]);
  });

  describe('that is interrupted', () => {
    /** The worker dies before the write of this path. */
    const dyingBefore = (written: string): ClusterApi => ({
      ...api,
      patch: (ref, steps) => {
        const isIt = steps.some(({ op, path }) => op === 'replace' && path === written);
        return isIt && ref.kind !== 'services'
          ? Promise.reject(new Error('died'))
          : api.patch(ref, steps);
      },
    });

    test('before the adoption is aborted as if it had not begun', async () => {
      const found = await shopObjects(namespace);
      await toFull();
      shop.goOnWith(dyingBefore('/metadata/ownerReferences'));
      await expect(shop.promote()).rejects.toThrow('died');
      expect((await deployment()).spec?.template.spec?.containers[0]?.image).toBe(shopImage('v2'));
      shop.goOnWith(api);
      await shop.abort();
      expect(await shopObjects(namespace)).toEqual(found);
      expect(await pods('v1')).toHaveLength(3);
    });

    test('before the adoption is taken back by whoever claims the service next', async () => {
      await toFull();
      shop.goOnWith(dyingBefore('/metadata/ownerReferences'));
      await expect(shop.promote()).rejects.toThrow('died');
      const next = rollout({ rolloutId: 'r2' });
      const found = await next.claim();
      expect(found).toMatchObject({ canaryWeight: 100, stable: { release: { version: 'v1' } } });
      expect((await deployment()).spec?.template.spec?.containers[0]?.image).toBe(shopImage('v1'));
      await next.abort();
      expect(await pods('v1')).toHaveLength(3);
    });

    test('after the adoption has been made is found promoted by whoever claims next', async () => {
      await toFull();
      let isAdopted = false;
      shop.goOnWith({
        ...api,
        patch: async (ref, steps) => {
          if (isAdopted) throw new Error('died');
          const answer = await api.patch(ref, steps);
          isAdopted = steps.some(({ path }) => path === '/metadata/ownerReferences');
          return answer;
        },
      });
      await expect(shop.promote()).rejects.toThrow('died');
      const next = rollout({ rolloutId: 'r2' });
      expect((await next.claim()).update?.kind).toBe('promoting');
      expect(await next.revert()).toBe('done');
      await next.complete();
      await next.settle();
      const { stable, canary } = await next.claim();
      expect(stable?.release.version).toBe('v2');
      expect(canary).toBeUndefined();
      await next.releaseService();
      expect(await pods('v2')).toHaveLength(3);
      expect(await pods('v1')).toEqual([]);
    });

    test('has no late adoption once it is undone', async () => {
      await toFull();
      let letThrough = () => {};
      const opened = new Promise<void>((resolve) => (letThrough = resolve));
      let report = () => {};
      const held = new Promise<void>((resolve) => (report = resolve));
      const late = rollout(
        {},
        {
          ...api,
          patch: async (ref, steps) => {
            if (steps.some(({ path }) => path === '/metadata/ownerReferences')) {
              report();
              await opened;
            }
            return api.patch(ref, steps);
          },
        },
      );
      const outcome = late.promote(shop.fence()).then(String, String);
      await held;
      await shop.setWeight(0);
      letThrough();
      expect(await outcome).toContain('comes too late');
      await shop.removeCanary();
      await shop.releaseService();
      expect(await pods('v1')).toHaveLength(3);
      expect((await shop.state()).stable?.release.version).toBe('v1');
    });
  });

  describe('that cannot be an adoption', () => {
    test('has the Deployment replace its own pods, and says why', async () => {
      shop = rollout({ target: { labels: { team: 'payments' } } });
      const why =
        "Deployment shop cannot adopt the canary's pods, and replaces its own at the promotion: target.labels adds team";
      expect((await shop.state()).remarks).toContain(why);
      await toFull();
      const judged = await pods('v2');
      expect(await shop.promote()).toBe('under-way');
      await shop.complete();
      await shop.settle();
      await shop.releaseService();
      expect(await pods('v2')).toHaveLength(3);
      expect(await pods('v2')).not.toEqual(judged);
    });

    test.each(['promoted', 'aborted', 'reverted'] as const)(
      'because an earlier version of Belay claimed the service: it is %s all the same',
      async (how) => {
        const found = await shopObjects(namespace);
        await claimAsBefore(api, shop);
        await shop.stage('v2', 50);
        await shop.stage('v2', 100);
        expect((await shop.state()).remarks).toContain(
          "Deployment shop cannot adopt the canary's pods, and replaces its own at the promotion: " +
            'an earlier version of Belay created Deployment shop-canary',
        );
        if (how === 'aborted') await shop.abort();
        else {
          expect(await shop.promote()).toBe('under-way');
          if (how === 'reverted') await shop.revert();
          await shop.complete();
          await shop.settle();
          await shop.releaseService();
        }
        const serving = how === 'promoted' ? 'v2' : 'v1';
        expect((await shop.state()).stable?.release.version).toBe(serving);
        await eventually(async () => expect(await pods(serving)).toHaveLength(3));
        if (how !== 'promoted') expect(await shopObjects(namespace)).toEqual(found);
      },
    );

    test('because an earlier version claimed it is taken over by the next rollout, which adopts', async () => {
      await claimAsBefore(api, shop);
      await shop.stage('v2', 50);
      const next = rollout({ rolloutId: 'r2' });
      expect((await next.claim()).canary?.release.version).toBe('v2');
      await next.setWeight(0);
      await next.removeCanary();
      await next.claim();
      await next.stage('v3', 100);
      expect(await next.promote()).toBe('done');
      await next.releaseService();
      expect(await pods('v3')).toHaveLength(3);
    });
  });
});
