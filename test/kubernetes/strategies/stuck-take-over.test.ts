/**
 * Behind the commit point without room, where the Deployment cannot adopt the canary: the canary keeps
 * serving until a person decides.
 */
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { limitPods } from '../../fixtures/pod-quota.ts';
import type { BenchShop } from '../../fixtures/rollouts-on-cluster.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';

const heldInFull = {
  release: { image: shopImage('v2') },
  analysis: 'none',
  readiness: { deadline: '30s' },
  stages: [{ weight: 100, hold: '10m' }],
};

describeRollouts('a release that stable has no room for', 2, (bench) => {
  test.concurrent('is served by its canary until there is, and then taken over', async () => {
    const shop = await bench().shop();
    const found = await shop.surroundings();
    const load = await shop.load();
    const quota = await stuckWithoutRoom(shop);
    expect(await shop.answers()).toBe('v2');
    await quota.lift();
    await retried(shop);
    expect(await shop.report()).toMatchObject({ outcome: 'Promoted', details: { version: 'v2' } });
    expect((await load.stop()).problems).toEqual([]);
    expect(await shop.answers()).toBe('v2');
    expect(await shop.surroundings()).toEqual(found);
  });

  test.concurrent(
    'is aborted, which waits for room too, and loses no request over it',
    async () => {
      const shop = await bench().shop();
      const found = await shop.objects();
      const load = await shop.load();
      const quota = await stuckWithoutRoom(shop);
      await shop.send('abort', { why: 'no room today' });
      const waiting = await shop.until(({ phase }) => phase === 'undo-failed');
      expect(waiting.now).toMatch(
        /ReplicaSet shop-\S+ cannot create pods: quota exceeded: .*: room/,
      );
      expect(await shop.answers()).toBe('v2');
      await quota.lift();
      await shop.send('retry');
      expect(await shop.report()).toMatchObject({
        outcome: 'Aborted',
        reason: 'Aborted by ana: no room today',
      });
      expect((await load.stop()).problems).toEqual([]);
      expect(await shop.answers()).toBe('v1');
      expect(await shop.objects()).toEqual(found);
    },
  );
});

async function stuckWithoutRoom(shop: BenchShop) {
  const target = { ...shop.ref.target, labels: { team: 'shop' } };
  await shop.start('canary', { ...heldInFull, target });
  await shop.until(({ phase }) => phase === 'holding');
  const quota = await limitPods(shop.namespace, 3);
  await shop.send('promote');
  const stuck = await shop.until(({ phase }) => phase === 'stuck');
  expect(stuck.now).toMatch(
    /stable has the release on 0 of 3 replicas: ReplicaSet shop-\S+ cannot create pods: quota exceeded: .*exceeded quota: room.*The canary keeps serving v2. Fix the cause and retry, or abort/,
  );
  expect(stuck.accepts).toEqual(['retry', 'abort', 'undo']);
  return quota;
}

/** As often as it takes: the ReplicaSet's controller tries seldom what it was long refused. */
async function retried(shop: BenchShop): Promise<void> {
  for (;;) {
    await shop.send('retry');
    const answered = ['stuck', 'undo-failed', 'closed'];
    const { phase } = await shop.until((status) => answered.includes(status.phase));
    if (phase === 'closed') return;
  }
}
