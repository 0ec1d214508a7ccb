/** An adoption is taken back by workers that die, too. */
import { describe, expect, test } from 'vitest';
import { AdoptionShop, dyingAfterAdoption, isMarked } from '../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import { doomedAfter } from '../fixtures/doomed-cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';

/** At least as many as a claim makes until it has taken an adoption back, with a few more. */
const writes = Array.from({ length: 10 }, (_unused, index) => index + 1);

describeOnCluster('an adoption that is taken back', [], () => {
  describe('by a worker that dies', () => {
    const shop = AdoptionShop.forEach();

    test.each(['once the old pods have stopped', 'while the old pods stop'])(
      'after any write, %s, is taken back by the next: the canary serves until stable has all its pods',
      async (when) => {
        const found = await shopObjects(shop.namespace);
        const strike = (write: number) =>
          shop.withAnother(async (own) => {
            await own.leaveFailed('v3');
            await own.toAdopted();
            if (when === 'once the old pods have stopped') await own.stopped();
            const pods = await own.pods('v2');
            const [serving, failed] = [await own.fewestServing('v1'), own.mostOf('v3')];
            const doomed = doomedAfter(shop.api, write);
            await own.of({ rolloutId: 'dies' }, doomed).claim().catch(String);
            expect(await own.pods('v2')).toEqual(pods);
            await own.takeBack();
            const after = doomed.writes().at(-1);
            await eventually(async () => expect(await own.replicaSets()).toHaveLength(2));
            const left = await shopObjects(own.namespace);
            const sets = await own.replicaSets();
            return { after, left, sets, serving: serving(), failed: failed() };
          });
        for (const { after, left, sets, serving, failed } of await Promise.all(
          writes.map(strike),
        )) {
          expect(serving, after).toBeGreaterThanOrEqual(3);
          expect(failed, after).toBe(0);
          expect(left, after).toEqual(found);
          expect(sets.some(isMarked), after).toBe(false);
        }
      },
    );

    test('is aborted by the rollout itself in the same way', async () => {
      const found = await shopObjects(shop.namespace);
      const strike = (write: number) =>
        shop.withAnother(async (own) => {
          await own.toAdopted();
          await own.stopped();
          const serving = await own.fewestServing('v1');
          const doomed = doomedAfter(shop.api, write);
          own.rollout.goOnWith(doomed);
          await own.rollout.setWeight(0).catch(String);
          own.rollout.goOnWith(shop.api);
          await own.takeBack();
          const left = await shopObjects(own.namespace);
          return { after: doomed.writes().at(-1), left, serving: serving() };
        });
      for (const { after, left, serving } of await Promise.all(writes.map(strike))) {
        expect(serving, after).toBeGreaterThanOrEqual(3);
        expect(left, after).toEqual(found);
      }
    });
  });

  describe('from a release that takes 5 s to be ready', () => {
    const shop = AdoptionShop.forEach({
      fake: false,
      replicas: 2,
      env: { START_DELAY_MS: '5000' },
    });

    test.each([
      ['whose worker lives', false],
      ['whose worker dies when the canary has left the Deployment', true],
    ])('gives no traffic to the first pods alone: an undo %s', async (_which, dies) => {
      const found = await shopObjects(shop.namespace);
      await shop.toAdopted();
      await shop.stopped();
      const [judged, serving] = [await shop.fewestOfNow(2), await shop.fewestServing('v1')];
      if (dies) {
        const dying = shop.of({ rolloutId: 'dies' }, dyingAfterAdoption(shop.api));
        await expect(dying.claim()).rejects.toThrow('died');
      }
      await shop.takeBack();
      expect(judged()).toBe(2);
      expect(serving()).toBeGreaterThanOrEqual(2);
      expect(await shopObjects(shop.namespace)).toEqual(found);
      expect(await shop.pods('v2')).toEqual([]);
    });
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
