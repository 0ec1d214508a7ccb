/** An adoption is taken back by workers that die, too. */
import { describe, expect, test } from 'vitest';
import { AdoptionShop } from '../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import { expectTakenBackAfterAnyWrite } from '../fixtures/dying-undo.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';

describeOnCluster('an adoption that is taken back', [], () => {
  describe('by a worker that dies after any write, while the old pods stop,', () => {
    const shop = AdoptionShop.forEach();

    test('is taken back by the next: the canary serves until stable has all its pods', () =>
      expectTakenBackAfterAnyWrite(shop, 'while the old pods stop'));
  });

  describe('from a Deployment that keeps no revisions', () => {
    const shop = AdoptionShop.forEach();

    const withoutTemplate = async () => {
      const { revisions: _kept, ...objects } = await shopObjects(shop.namespace);
      return objects;
    };

    const scaled: [string, number | undefined][] = [
      ['', undefined],
      [' and others scaled it to 0', 0],
    ];

    test.each(scaled)(
      'brings the previous release back although its ReplicaSet is gone%s',
      async (_what, replicas) => {
        await shop.patch({ revisionHistoryLimit: 0 });
        await shop.rollout.complete();
        const found = await withoutTemplate();
        await shop.toAdopted();
        await eventually(async () => expect(await shop.replicaSets()).toHaveLength(1));
        if (replicas !== undefined) {
          await shop.patch({ replicas });
          await expect(shop.rollout.promote()).rejects.toThrow(/scaled it to 0/);
          await eventually(async () => expect(await shop.pods('v2')).toHaveLength(3));
        }
        await shop.takeBack();
        expect(await shop.pods('v1')).toHaveLength(3);
        expect(await withoutTemplate()).toEqual(found);
      },
    );

    test('and whose template others have changed, is promoted all the same if a person says so', async () => {
      await shop.patch({ revisionHistoryLimit: 0 });
      await shop.rollout.complete();
      const { template } = (await shop.deployment()).spec!;
      await shop.toAdopted();
      await eventually(async () => expect(await shop.replicaSets()).toHaveLength(1));
      await shop.overwrite({ template });
      await expect(shop.rollout.promote()).rejects.toThrow(/someone changed its pod template/);
      await shop.rollout.correctDrift();
      expect(await shop.rollout.promote()).toBe('under-way');
      await shop.rollout.complete();
      await shop.rollout.settle();
      await shop.rollout.releaseService();
      expect((await shop.rollout.state()).stable?.release.version).toBe('v2');
      await shop.stopped();
    });
  });
});
