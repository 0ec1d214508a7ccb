/** An adoption whose worker dies, and which is carried on, or taken back. */
import { expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import {
  AdoptionShop,
  dyingAfterAdoption,
  dyingBeforeAdoption,
  isMarked,
} from '../fixtures/adoption-shop.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import { doomedAfter } from '../fixtures/doomed-cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';

describeOnCluster('a promotion that is interrupted', [], () => {
  const shop = AdoptionShop.forEach();

  test('before the adoption is aborted as if it had not begun', async () => {
    const found = await shopObjects(shop.namespace);
    await shop.toFull();
    shop.rollout.goOnWith(dyingBeforeAdoption(shop.api));
    await expect(shop.rollout.promote()).rejects.toThrow('died');
    expect((await shop.deployment()).spec?.template.spec?.containers[0]?.image).toBe(
      shopImage('v2'),
    );
    shop.rollout.goOnWith(shop.api);
    await shop.rollout.abort();
    expect(await shopObjects(shop.namespace)).toEqual(found);
    expect(await shop.pods('v1')).toHaveLength(3);
  });

  test('before the adoption is taken back by whoever claims the service next', async () => {
    await shop.toFull();
    shop.rollout.goOnWith(dyingBeforeAdoption(shop.api));
    await expect(shop.rollout.promote()).rejects.toThrow('died');
    const next = shop.of({ rolloutId: 'r2' });
    const found = await next.claim();
    expect(found).toMatchObject({ canaryWeight: 100, stable: { release: { version: 'v1' } } });
    expect((await shop.deployment()).spec?.template.spec?.containers[0]?.image).toBe(
      shopImage('v1'),
    );
    await next.abort();
    expect(await shop.pods('v1')).toHaveLength(3);
  });

  test.each(['a rollout that claims the service', 'the janitor'])(
    'after the adoption has been made is taken back by %s',
    async (who) => {
      const found = await shopObjects(shop.namespace);
      await shop.toAdopted();
      await shop.stopped();
      expect(await shop.rollout.state()).toMatchObject({
        update: { kind: 'none' },
        canary: { release: { version: 'v2' } },
        kept: [],
      });
      const fewest = await shop.fewestOfNow();
      const isServed = eventually(
        async () => expect(await shop.pods('v1')).toHaveLength(3),
        60_000,
      );
      void isServed.finally(() => fewest()).catch(() => {});
      if (who === 'the janitor') {
        await eventually(async () => shop.rollout.clear(await shop.rollout.state()), 60_000);
        await shop.rollout.releaseService();
      } else await shop.takeBack();
      await isServed;
      expect(fewest()).toBe(3);
      expect(await shopObjects(shop.namespace)).toEqual(found);
      expect((await shop.replicaSets()).some(isMarked)).toBe(false);
      expect(await shop.pods('v2')).toEqual([]);
      expect((await shop.rollout.state()).stable?.release.version).toBe('v1');
    },
  );

  test('after the adoption has been made is ended by whoever carries it on', async () => {
    await shop.toFull();
    const judged = await shop.pods('v2');
    const fence = shop.rollout.fence();
    shop.rollout.goOnWith(dyingAfterAdoption(shop.api));
    await expect(shop.rollout.promote(fence)).rejects.toThrow('died');
    shop.rollout.goOnWith(shop.api);
    expect(await shop.rollout.promote(fence)).toBe('done');
    await shop.rollout.releaseService();
    expect(await shop.pods('v2')).toEqual(judged);
    expect((await shop.replicaSets()).some(isMarked)).toBe(false);
  });

  test('after any of its writes is taken back, and leaves nothing', async () => {
    const found = await shopObjects(shop.namespace);
    const strike = (write: number) =>
      shop.withAnother(async (own) => {
        await own.toFull();
        const doomed = doomedAfter(shop.api, write);
        own.rollout.goOnWith(doomed);
        const outcome = await own.rollout.promote().catch(String);
        own.rollout.goOnWith(shop.api);
        if (outcome === 'done') {
          await own.rollout.releaseService();
          return undefined;
        }
        await own.takeBack();
        const left = await shopObjects(own.namespace);
        return { after: doomed.writes().at(-1), left, state: await own.rollout.state() };
      });
    const struck = await Promise.all(
      Array.from({ length: 6 }, (_unused, index) => strike(index + 1)),
    );
    const taken = struck.filter((one) => one !== undefined);
    expect(taken.length).toBeGreaterThanOrEqual(4);
    for (const { after, left, state } of taken) {
      const isPromoted = state.stable?.release.version === 'v2';
      if (isPromoted) expect(after).toContain('patch deployments');
      else expect(left, after).toEqual(found);
    }
  });

  test('has no late adoption once it is undone', async () => {
    await shop.toFull();
    let letThrough = () => {};
    const opened = new Promise<void>((resolve) => (letThrough = resolve));
    let report = () => {};
    const held = new Promise<void>((resolve) => (report = resolve));
    const late = shop.of(
      {},
      {
        ...shop.api,
        patch: async (ref, steps) => {
          if (steps.some(({ path }) => path === '/metadata/ownerReferences')) {
            report();
            await opened;
          }
          return shop.api.patch(ref, steps);
        },
      },
    );
    const outcome = late.promote(shop.rollout.fence()).then(String, String);
    await held;
    await shop.rollout.setWeight(0);
    letThrough();
    expect(await outcome).toContain('comes too late');
    await shop.rollout.removeCanary();
    await shop.rollout.releaseService();
    expect(await shop.pods('v1')).toHaveLength(3);
    expect((await shop.rollout.state()).stable?.release.version).toBe('v1');
  });
});
