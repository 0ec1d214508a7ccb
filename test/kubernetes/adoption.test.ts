/** The user's Deployment adopts the canary's ReplicaSet: the pods that were judged are those that serve. */
import { expect, test } from 'vitest';
import { templateDigest } from '../../src/adapters/kubernetes/state/template-revision.ts';
import { AdoptionShop } from '../fixtures/adoption-shop.ts';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { shopComplete } from '../fixtures/shop.ts';

describeOnCluster('a promotion', ['kubectl'], () => {
  const shop = AdoptionShop.forEach();

  test('starts no pod: those of the canary are stable, and nothing else is left', async () => {
    const { deployments: _template, ...found } = await shopObjects(shop.namespace);
    await shop.toFull();
    const judged = await shop.pods('v2');
    expect(judged).toHaveLength(3);
    expect(await shop.rollout.promote()).toBe('done');
    await shop.rollout.releaseService();
    expect(await shop.pods('v2')).toEqual(judged);
    expect(await shop.pods('v1')).toEqual([]);
    await shop.rollout.complete();
    const { deployments: _released, ...left } = await shopObjects(shop.namespace);
    expect(left).toEqual(found);
    const { kept, stable } = await shop.rollout.state();
    expect(stable?.release.version).toBe('v2');
    expect(kept.map(({ release }) => release.version)).toEqual(['v1']);
    expect((await shop.deployment()).spec?.paused).toBeFalsy();
  });

  test('is undone by kubectl, and followed by the next rollout', async () => {
    await shop.toFull();
    await shop.rollout.promote();
    await shop.rollout.releaseService();
    await theCluster().kubectl('-n', shop.namespace, 'rollout', 'undo', 'deployment/shop');
    await shopComplete(shop.namespace);
    expect(await shop.pods('v1')).toHaveLength(3);
    expect((await shop.rollout.state()).owner).toBeUndefined();
    const next = shop.of({ rolloutId: 'r2' });
    await next.claim();
    await next.stage('v2', 100);
    expect(await next.promote()).toBe('done');
    await next.releaseService();
    expect((await next.state()).stable?.release.version).toBe('v2');
  });

  test.each([0, 1, 10])(
    'back and forth keeps one ReplicaSet for each release: revisionHistoryLimit %s',
    async (revisionHistoryLimit) => {
      await shop.patch({ revisionHistoryLimit });
      await shopComplete(shop.namespace);
      for (const [rolloutId, version] of [
        ['r1', 'v2'],
        ['r2', 'v1'],
        ['r3', 'v2'],
      ] as const) {
        shop.rollout = shop.of({ rolloutId });
        await shop.toFull(version);
        const judged = await shop.pods(version);
        await shop.rollout.promoteToTheEnd();
        expect(await shop.pods(version)).toEqual(judged);
        expect((await shop.rollout.state()).stable?.release.version).toBe(version);
        expect((await shop.rollout.state()).kept.length).toBeGreaterThan(0);
      }
      const templates = (await shop.replicaSets()).map(({ spec }) =>
        templateDigest(spec!.template!),
      );
      expect(new Set(templates).size).toBe(templates.length);
      await eventually(async () =>
        expect((await shop.replicaSets()).length).toBeLessThanOrEqual(revisionHistoryLimit + 1),
      );
    },
  );

  test('brings a kept revision back, which keeps its place in the history', async () => {
    await shop.toFull();
    await shop.rollout.promote();
    await shop.rollout.releaseService();
    shop.rollout = shop.of({ rolloutId: 'r2' });
    const [kept] = (await shop.rollout.state()).kept;
    await shop.rollout.claim();
    await shop.rollout.bringBack(kept!.release);
    expect(await shop.rollout.promote()).toBe('done');
    await shop.rollout.releaseService();
    const { stable, kept: left } = await shop.rollout.state();
    expect(stable?.release.version).toBe('v1');
    expect(left.map(({ release }) => release.version)).toEqual(['v2']);
  });

  test('that cannot be an adoption has the Deployment replace its own pods, and says why', async () => {
    shop.rollout = shop.of({ target: { labels: { team: 'payments' } } });
    const why =
      "Deployment shop cannot adopt the canary's pods, and replaces its own at the promotion: target.labels adds team";
    expect((await shop.rollout.state()).remarks).toContain(why);
    await shop.toFull();
    const judged = await shop.pods('v2');
    expect(await shop.rollout.promote()).toBe('under-way');
    await shop.rollout.complete();
    await shop.rollout.settle();
    await shop.rollout.releaseService();
    expect(await shop.pods('v2')).toHaveLength(3);
    expect(await shop.pods('v2')).not.toEqual(judged);
  });
});
