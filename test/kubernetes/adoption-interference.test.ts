/** What others write while the Deployment adopts the canary is never promoted, and never overwritten silently. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import {
  AdoptionShop,
  dyingBeforeAdoption,
  isMarked,
  strikingAt,
  strikingAtTheEnd,
} from '../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';

describeOnCluster('a promotion', [], () => {
  const shop = AdoptionShop.forEach();

  const template = async () => (await shop.deployment()).spec!.template;

  const imageOf = async () => (await template()).spec?.containers[0]?.image;

  /** As GitOps does it that has this release. */
  const write = async (version: string) => {
    const { spec, ...rest } = await template();
    const containers = spec!.containers.map((one) => ({ ...one, image: shopImage(version) }));
    const { annotations: _mark, ...metadata } = rest.metadata ?? {};
    return shop.overwrite({ template: { metadata, spec: { ...spec!, containers } } });
  };

  const promotedOnRequest = async () => {
    await shop.rollout.correctDrift();
    expect(await shop.rollout.promote()).toBe('under-way');
    await shop.rollout.complete();
    await shop.rollout.settle();
    await shop.rollout.releaseService();
    await shop.rollout.complete();
    expect(await shop.pods('v2')).toHaveLength(3);
    expect((await shop.replicaSets()).some(isMarked)).toBe(false);
  };

  describe('just before its end', () => {
    const interferences: [string, RegExp, () => Promise<unknown>][] = [
      ['write the previous release back', /changed its pod template/, () => write('v1')],
      [
        'write the previous release back one second after the adoption',
        /changed its pod template/,
        () => sleep(1_000).then(() => write('v1')),
      ],
      ['write a third release', /changed its pod template/, () => write('v3')],
      ['resume the Deployment', /resumed it/, () => shop.patch({ paused: false })],
    ];

    test.each(interferences)(
      'asks a person if others %s: it costs no pod that serves',
      async (_what, said, interfere) => {
        await shop.toFull();
        const pinned = await shop.selector();
        const fewest = await shop.fewestOfNow();
        shop.rollout.goOnWith(strikingAtTheEnd(shop.api, interfere));
        await expect(shop.rollout.promote()).rejects.toThrow(said);
        shop.rollout.goOnWith(shop.api);
        expect(await shop.selector()).toEqual(pinned);
        expect(fewest()).toBe(3);
        await promotedOnRequest();
      },
    );

    test.each(interferences)(
      'is aborted to the previous release if others %s',
      async (_what, said, interfere) => {
        const found = await shopObjects(shop.namespace);
        await shop.toFull();
        const serving = await shop.fewestServing('v1');
        shop.rollout.goOnWith(strikingAtTheEnd(shop.api, interfere));
        await expect(shop.rollout.promote()).rejects.toThrow(said);
        await shop.takeBack();
        expect(serving()).toBeGreaterThanOrEqual(3);
        expect(await shopObjects(shop.namespace)).toEqual(found);
        expect(await shop.pods('v1')).toHaveLength(3);
      },
    );
  });

  describe('of a Deployment that others scale to 0', () => {
    test.each([
      ['just before the adoption', 'before'],
      ['just after the adoption', 'after'],
      ['just before its end', 'end'],
    ] as const)(
      '%s gives the canary all its pods back, and asks a person',
      async (_which, when) => {
        const found = await shopObjects(shop.namespace);
        await shop.toFull();
        const pinned = await shop.selector();
        const scale = () => shop.patch({ replicas: 0 });
        shop.rollout.goOnWith(
          when === 'end' ? strikingAtTheEnd(shop.api, scale) : strikingAt(shop.api, when, scale),
        );
        await expect(shop.rollout.promote()).rejects.toThrow(/scaled it to 0/);
        expect(await shop.selector()).toEqual(pinned);
        await eventually(async () => expect(await shop.pods('v2')).toHaveLength(3));
        await shop.takeBack();
        expect(await shop.pods('v1')).toHaveLength(3);
        expect(await shopObjects(shop.namespace)).toEqual(found);
      },
    );
  });

  describe('whose worker dies before the adoption', () => {
    const toAnnounced = async () => {
      await shop.toFull();
      shop.rollout.goOnWith(dyingBeforeAdoption(shop.api));
      await expect(shop.rollout.promote()).rejects.toThrow('died');
      shop.rollout.goOnWith(shop.api);
    };

    test.each(['v1', 'v3'])('does not overwrite %s, written since', async (version) => {
      await toAnnounced();
      await write(version);
      await expect(shop.rollout.promote()).rejects.toThrow(/someone changed its pod template/);
      expect(await imageOf()).toBe(shopImage(version));
      expect((await shop.replicaSets()).some(isMarked)).toBe(false);
      await promotedOnRequest();
    });

    test('is reverted with one ReplicaSet for each release, and replaces no pod twice', async () => {
      await toAnnounced();
      await shop.patch({ replicas: 2 });
      await shop.controllerHasSeen();
      expect(await shop.rollout.promote()).toBe('under-way');
      expect((await shop.replicaSets()).some(isMarked)).toBe(false);
      expect(await shop.rollout.revert()).toBe('under-way');
      await shop.rollout.complete();
      await shop.rollout.settle();
      const brought = await shop.pods('v1');
      await shop.rollout.releaseService();
      await shop.controllerHasSeen();
      expect(await shop.pods('v1')).toEqual(brought);
      const images = (await shop.replicaSets()).map(
        ({ spec }) => spec?.template?.spec?.containers[0]?.image,
      );
      expect(images.filter((image) => image === shopImage('v1'))).toHaveLength(1);
    });
  });
});
