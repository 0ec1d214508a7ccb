/** Earlier releases brought back: from a ReplicaSet, from a ControllerRevision, out of a canary. */
import { AppsV1Api } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import type { BenchShop } from '../../fixtures/rollouts-on-cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import { mergeAsSomeone } from '../../fixtures/shop-objects-on-cluster.ts';
import { applyShop } from '../../fixtures/shop.ts';

const held = { analysis: 'none', stages: [{ weight: 30, hold: '10m' }] };

describeRollouts('a release that was kept', 4, (bench) => {
  test.concurrent(
    'the previous one is brought back without analysis, beside the present one',
    async () => {
      const shop = await withHistory(await bench().shop(), ['v2']);
      const found = await shop.surroundings();
      const report = await shop.roll('rollback', {});
      expect(report).toMatchObject({
        kind: 'rollback',
        outcome: 'Promoted',
        details: { version: 'v1', previousVersion: 'v2' },
      });
      expect(report.reason).toMatch(/^v1 \(revision 1\) is back$/);
      expect(await shop.answers()).toBe('v1');
      expect(await shop.surroundings()).toEqual(found);
    },
  );

  test.concurrent(
    'a named one is brought back, and one that is not kept is refused by name',
    async () => {
      const shop = await withHistory(await bench().shop(), ['v2', 'v3']);
      const found = await shop.objects();
      await expect(shop.roll('rollback', { toRevision: 7 })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/keeps no revision 7\. Kept: 2 \(v2\), 1 \(v1\)/) },
      });
      expect(await shop.objects()).toEqual(found);
      const report = await shop.roll('rollback', { toRevision: 1 });
      expect(report).toMatchObject({
        outcome: 'Promoted',
        details: { version: 'v1', previousVersion: 'v3' },
      });
      expect(await shop.answers()).toBe('v1');
    },
  );

  test.concurrent(
    'a running canary is undone first when somebody asks for a revision',
    async () => {
      const shop = await withHistory(await bench().shop(), ['v2', 'v3']);
      const found = await shop.surroundings();
      await shop.start('canary', { ...held, release: { image: shopImage('v4') } });
      await shop.until(({ phase }) => phase === 'holding');
      await eventually(async () => {
        expect(await shop.answers()).toContain('v4');
      });
      await shop.send('undo', { toRevision: 1, why: 'v3 was bad too' });
      const report = await shop.report();
      expect(report).toMatchObject({
        kind: 'rollback',
        outcome: 'Promoted',
        details: { version: 'v1' },
      });
      expect(await shop.answers()).toBe('v1');
      expect(await shop.surroundings()).toEqual(found);
      const [, canary] = await bench().reports(shop);
      expect(canary).toMatchObject({
        outcome: 'Aborted',
        reason: 'Undone by ana: v3 was bad too',
        details: { version: 'v4' },
      });
    },
  );

  test.concurrent(
    'a Deployment that keeps no ReplicaSets gets it back from a ControllerRevision',
    async () => {
      const shop = await bench().shop();
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };
      const metadata = { namespace: shop.namespace, name: 'shop' };
      await mergeAsSomeone({ ...deployment, metadata, spec: { revisionHistoryLimit: 0 } });
      const promotion = { analysis: 'none', stages: [{ weight: 100, hold: 0 }] };
      const release = { image: shopImage('v2'), env: { GREETING: 'hello' } };
      expect((await shop.roll('canary', { ...promotion, release })).outcome).toBe('Promoted');
      const { items } = await theCluster()
        .config()
        .makeApiClient(AppsV1Api)
        .listNamespacedControllerRevision({ namespace: shop.namespace });
      expect(items.map(({ metadata }) => metadata?.name)).toEqual(['shop-belay']);
      const back = await shop.roll('rollback', {});
      expect(back).toMatchObject({
        outcome: 'Promoted',
        details: { version: 'v1', previousVersion: 'v2' },
      });
      expect(await shop.answers()).toBe('v1');
      const again = await shop.roll('rollback', {});
      expect(again).toMatchObject({
        outcome: 'Promoted',
        details: { version: 'v2', previousVersion: 'v1' },
      });
      expect(await shop.answers()).toBe('v2');
    },
  );
});

/** Releases that others brought out after v1. */
async function withHistory(shop: BenchShop, versions: string[]): Promise<BenchShop> {
  for (const version of versions) await applyShop(shop.namespace, { version, replicas: 3 });
  return shop;
}
