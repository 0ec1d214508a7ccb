/** An adoption is taken back when stable's pods have stopped, and have to be ready again before they get traffic. */
import { describe, expect, test } from 'vitest';
import { AdoptionShop, dyingAfterAdoption } from '../../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../../fixtures/cluster.ts';
import { doomedAfter } from '../../fixtures/doomed-cluster.ts';
import { expectTakenBackAfterAnyWrite, undoWrites } from '../../fixtures/dying-undo.ts';
import { shopObjects } from '../../fixtures/shop-objects.ts';

describeOnCluster('an adoption that is taken back', [], () => {
  describe('by a worker that dies', () => {
    const shop = AdoptionShop.forEach();

    test('after any write, once the old pods have stopped, is taken back by the next: the canary serves until then', () =>
      expectTakenBackAfterAnyWrite(shop, 'once the old pods have stopped'));

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
      for (const { after, left, serving } of await Promise.all(undoWrites.map(strike))) {
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
});
