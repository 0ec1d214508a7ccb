/** What others write at the very moment of an adoption costs no pod that serves. */
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { AdoptionShop, isMarked, strikingAt } from '../../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../../fixtures/cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { shopObjects } from '../../fixtures/shop-objects.ts';
import { applyShop, shopComplete } from '../../fixtures/shop.ts';

const name = 'shop';

describeOnCluster('a promotion', [], () => {
  const shop = AdoptionShop.forEach();

  const noSurge = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };
  const someSurge = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } };

  test.each([
    ['up', 'before', 5, noSurge],
    ['down', 'before', 2, noSurge],
    ['down', 'before', 2, someSurge],
    ['down', 'after', 2, noSurge],
  ] as const)(
    'of pods that take time to stop is made with the size that the Deployment gets: %s, in the moment %s it',
    async (_how, when, replicas, strategy) => {
      await applyShop(shop.namespace, {
        version: 'v1',
        replicas: 3,
        fake: true,
        preStopSeconds: 1,
      });
      await shop.patch({ strategy });
      await shopComplete(shop.namespace);
      await shop.toFull();
      const fewest = await shop.fewestOfNow();
      shop.rollout.goOnWith(strikingAt(shop.api, when, () => shop.patch({ replicas })));
      await eventually(async () => expect(await shop.rollout.promote()).toBe('done'), 30_000);
      expect(fewest()).toBeGreaterThanOrEqual(Math.min(3, replicas));
      shop.rollout.goOnWith(shop.api);
      await shop.rollout.releaseService();
      await shop.rollout.complete();
      expect(await shop.pods('v2')).toHaveLength(replicas);
      expect(await shop.pods('v1')).toEqual([]);
      expect((await shop.deployment()).spec?.strategy).toMatchObject(strategy);
    },
  );

  test.each(['just', 'long'])(
    'stops no pod that serves where the Deployment is scaled down %s before it',
    async (when) => {
      await shop.toFull();
      const fewest = await shop.fewestOfNow();
      const scaleDown = () => shop.patch({ replicas: 2 });
      if (when === 'just') shop.rollout.goOnWith(strikingAt(shop.api, 'before', scaleDown));
      else {
        await scaleDown();
        await shop.controllerHasSeen();
      }
      expect(await shop.rollout.promote()).toBe('under-way');
      shop.rollout.goOnWith(shop.api);
      await shop.rollout.complete();
      expect(fewest()).toBe(3);
      await shop.rollout.settle();
      await shop.rollout.releaseService();
      expect(await shop.pods('v2')).toHaveLength(2);
      await shop.stopped();
    },
  );

  test('goes on by replacing pods where the Deployment is scaled up and has no room for them', async () => {
    await shop.toFull();
    const fewest = await shop.fewestOfNow();
    const tight = { hard: { pods: '6' } };
    shop.rollout.goOnWith(
      strikingAt(shop.api, 'before', async () => {
        await shop.core.createNamespacedResourceQuota({
          namespace: shop.namespace,
          body: { metadata: { name: 'tight' }, spec: tight },
        });
        await shop.patch({ replicas: 5 });
      }),
    );
    expect(await shop.rollout.promote()).toBe('under-way');
    expect((await shop.replicaSets()).some(isMarked)).toBe(false);
    await shop.core.deleteNamespacedResourceQuota({ namespace: shop.namespace, name: 'tight' });
    await shop.rollout.complete();
    expect(fewest()).toBe(3);
    await shop.rollout.settle();
    await shop.rollout.releaseService();
    expect(await shop.pods('v2')).toHaveLength(5);
    expect(await shop.pods('v1')).toEqual([]);
  });

  describe('while others write the previous release back', () => {
    const rolling = { type: 'RollingUpdate' };
    const template = async () => (await shop.deployment()).spec!.template;

    test.each([
      ['the template', {}],
      ['the template and the strategy', { strategy: rolling }],
    ])(
      '%s just before the adoption: they cost no pod that serves, and a person is asked',
      async (_what, more) => {
        const found = await shopObjects(shop.namespace);
        const before = await template();
        await shop.toFull();
        const pinned = await shop.selector();
        const fewest = await shop.fewestOfNow();
        const writeBack = () => shop.overwrite({ template: before, ...more });
        shop.rollout.goOnWith(strikingAt(shop.api, 'before', writeBack));
        await expect(shop.rollout.promote()).rejects.toThrow(/someone changed its pod template/);
        expect(await shop.selector()).toEqual(pinned);
        shop.rollout.goOnWith(shop.api);
        await shop.controllerHasSeen();
        expect(fewest()).toBe(3);
        await shop.takeBack(shop.rollout);
        expect(await shopObjects(shop.namespace)).toEqual(found);
        expect((await shop.replicaSets()).some(isMarked)).toBe(false);
        expect(await shop.pods('v1')).toHaveLength(3);
      },
    );

    test.each(['before', 'after'] as const)(
      'and resume the Deployment, just %s the adoption: the canary has all its pods again',
      async (when) => {
        const found = await shopObjects(shop.namespace);
        const before = await template();
        await shop.toFull();
        const pinned = await shop.selector();
        const replace = () =>
          shop.overwrite({ template: before, strategy: rolling, paused: false });
        shop.rollout.goOnWith(strikingAt(shop.api, when, replace));
        const outcome = await shop.rollout.promote().catch(String);
        shop.rollout.goOnWith(shop.api);
        if (outcome !== 'done') {
          expect(outcome).toMatch(/someone changed its pod template/);
          expect(await shop.selector()).toEqual(pinned);
          await eventually(async () => expect(await shop.pods('v2')).toHaveLength(3));
          await shop.takeBack(shop.rollout);
        } else await shop.rollout.releaseService();
        await shop.rollout.complete();
        const { deployments: _strategy, ...left } = await shopObjects(shop.namespace);
        expect(found).toMatchObject(left);
        expect((await shop.replicaSets()).some(isMarked)).toBe(false);
      },
    );

    test('right after the adoption: they cost no pod that serves', async () => {
      const before = await template();
      const writeBack = () => shop.overwrite({ template: before });
      await shop.toFull();
      const fewest = await shop.fewestOfNow();
      shop.rollout.goOnWith(strikingAt(shop.api, 'after', writeBack));
      await expect(shop.rollout.promote()).rejects.toThrow(/someone changed its pod template/);
      await shop.controllerHasSeen();
      expect(fewest()).toBe(3);
      shop.rollout.goOnWith(shop.api);
      await shop.rollout.correctDrift();
      expect(await shop.rollout.promote()).toBe('under-way');
      await shop.rollout.complete();
      await shop.rollout.settle();
      await shop.rollout.releaseService();
      expect((await shop.replicaSets()).some(isMarked)).toBe(false);
    });

    test('and a person says so, is made all the same', async () => {
      const before = await template();
      const writeBack = () => shop.overwrite({ template: before });
      await shop.toFull();
      shop.rollout.goOnWith(strikingAt(shop.api, 'before', writeBack));
      await expect(shop.rollout.promote()).rejects.toThrow(/someone changed its pod template/);
      shop.rollout.goOnWith(shop.api);
      await shop.rollout.correctDrift();
      expect(await shop.rollout.promote()).toBe('under-way');
      await shop.rollout.complete();
      await shop.rollout.settle();
      await shop.rollout.releaseService();
      expect(await shop.pods('v2')).toHaveLength(3);
      expect(await shop.pods('v1')).toEqual([]);
    });
  });

  describe('beside objects of the user with the names of a canary', () => {
    const foreign = (replicas: number) => ({
      metadata: { name: 'shop-canary', labels: { of: 'the-team' } },
      spec: {
        replicas,
        paused: true,
        selector: { matchLabels: { app: 'by-hand' } },
        template: {
          metadata: { labels: { app: 'by-hand' } },
          spec: { containers: [{ name: 'hand', image: shopImage('v1') }] },
        },
      },
    });
    const theirs = () =>
      shop.apps.readNamespacedDeployment({ namespace: shop.namespace, name: 'shop-canary' });

    test.each([0, 1])('leaves a Deployment with %s replicas alone', async (replicas) => {
      await shop.apps.createNamespacedDeployment({
        namespace: shop.namespace,
        body: foreign(replicas),
      });
      const { metadata } = await theirs();
      await shop.toFull();
      expect(await shop.rollout.promote()).toBe('done');
      await shop.rollout.releaseService();
      const next = shop.of({ rolloutId: 'r2' });
      await next.claim();
      await next.stage('v3', 50);
      await next.abort();
      const inPlace = shop.of({ rolloutId: 'r3' });
      await inPlace.claimInPlace();
      await inPlace.replace('v3', 'rolling');
      await inPlace.complete();
      await inPlace.releaseService();
      expect((await theirs()).metadata?.uid).toBe(metadata?.uid);
      expect((await theirs()).metadata?.annotations?.['belay.dev/fence']).toBeUndefined();
    });

    test('keeps its owner of the canary out of a StatefulSet with the same labels', async () => {
      await shop.apps.createNamespacedStatefulSet({
        namespace: shop.namespace,
        body: {
          metadata: { name: 'shop-db' },
          spec: {
            replicas: 0,
            revisionHistoryLimit: 0,
            serviceName: 'shop-db',
            selector: { matchLabels: { app: name } },
            template: {
              metadata: { labels: { app: name } },
              spec: { containers: [{ name: 'db', image: shopImage('v1') }] },
            },
          },
        },
      });
      await shop.rollout.claim();
      await shop.rollout.stage('v2', 50);
      await shop.apps.patchNamespacedStatefulSet(
        {
          namespace: shop.namespace,
          name: 'shop-db',
          body: { spec: { template: { metadata: { annotations: { edited: 'once' } } } } },
        },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
      await eventually(async () => {
        const { metadata, status } = await shop.apps.readNamespacedStatefulSet({
          namespace: shop.namespace,
          name: 'shop-db',
        });
        expect(status?.observedGeneration).toBe(metadata?.generation);
        expect(status?.updateRevision).toBeDefined();
      });
      const owner = await shop.apps.readNamespacedControllerRevision({
        namespace: shop.namespace,
        name: 'shop-canary',
      });
      expect(owner.metadata?.ownerReferences).toMatchObject([{ kind: 'Deployment', name }]);
      await shop.rollout.abort();
    });
  });
});
