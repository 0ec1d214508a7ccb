/** Promotions in which the Deployment replaces its own pods, because it cannot adopt the canary's, or not at once. */
import { describe, expect, test } from 'vitest';
import { AdoptionShop } from '../../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../../fixtures/cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { claimAsBefore } from '../../fixtures/old-canary.ts';
import { shopObjects } from '../../fixtures/shop-objects.ts';

describeOnCluster('a promotion', [], () => {
  const shop = AdoptionShop.forEach();

  test('is left to the Deployment where pods count as available only later', async () => {
    await shop.patch({ minReadySeconds: 20 });
    await eventually(
      async () => expect((await shop.rollout.state()).update?.complete).toBe(true),
      40_000,
    );
    await shop.toFull();
    const judged = await shop.pods('v2');
    expect(await shop.rollout.promote()).toBe('under-way');
    expect((await shop.rollout.state()).drift).toEqual([]);
    await shop.rollout.revert();
    await shop.rollout.complete();
    await shop.rollout.settle();
    await shop.rollout.releaseService();
    expect(await shop.pods('v1')).toHaveLength(3);
    expect(judged).toHaveLength(3);
    expect(await shop.pods('v2')).toEqual([]);
  });

  describe('that cannot be an adoption', () => {
    test.each(['promoted', 'aborted', 'reverted'] as const)(
      'because an earlier version of Belay claimed the service: it is %s all the same',
      async (how) => {
        const found = await shopObjects(shop.namespace);
        await claimAsBefore(shop.api, shop.rollout);
        await shop.rollout.stage('v2', 50);
        await shop.rollout.stage('v2', 100);
        expect((await shop.rollout.state()).remarks).toContain(
          "Deployment shop cannot adopt the canary's pods, and replaces its own at the promotion: " +
            'an earlier version of Belay created Deployment shop-canary',
        );
        if (how === 'aborted') await shop.rollout.abort();
        else {
          expect(await shop.rollout.promote()).toBe('under-way');
          if (how === 'reverted') await shop.rollout.revert();
          await shop.rollout.complete();
          await shop.rollout.settle();
          await shop.rollout.releaseService();
        }
        const serving = how === 'promoted' ? 'v2' : 'v1';
        expect((await shop.rollout.state()).stable?.release.version).toBe(serving);
        await eventually(async () => expect(await shop.pods(serving)).toHaveLength(3));
        if (how !== 'promoted') expect(await shopObjects(shop.namespace)).toEqual(found);
      },
    );

    test('because an earlier version claimed it is taken over by the next rollout, which adopts', async () => {
      await claimAsBefore(shop.api, shop.rollout);
      await shop.rollout.stage('v2', 50);
      const next = shop.of({ rolloutId: 'r2' });
      expect((await next.claim()).canary?.release.version).toBe('v2');
      await next.setWeight(0);
      await next.removeCanary();
      await next.claim();
      await next.stage('v3', 100);
      expect(await next.promote()).toBe('done');
      await next.releaseService();
      expect(await shop.pods('v3')).toHaveLength(3);
    });
  });
});
