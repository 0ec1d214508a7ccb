/** Workflows that were terminated: what they left is taken away, and the service is free again. */
import { CoreV1Api } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { limitPods } from '../../fixtures/pod-quota.ts';

const held = { analysis: 'none', stages: [{ weight: 30, hold: '10m' }] };
const heldInFull = { analysis: 'none', stages: [{ weight: 100, hold: '10m' }] };
const through = { analysis: 'none', stages: [{ weight: 100, hold: 0 }] };
const v = (version: string) => ({ release: { image: shopImage(version) } });

describeRollouts('a rollout whose workflow is dead', 5, (bench) => {
  test.concurrent('in mid-stage is swept, and the next rollout goes its way', async () => {
    const shop = await bench().shop();
    const found = await shop.objects();
    const load = await shop.load();
    await shop.start('canary', { ...held, ...v('v2') });
    await shop.until(({ phase }) => phase === 'holding');
    await shop.terminate();
    await swept(shop.namespace);
    expect(await shop.objects()).toEqual(found);
    expect(await shop.answers()).toBe('v1');
    expect(await shop.roll('canary', { ...through, ...v('v3') })).toMatchObject({
      outcome: 'Promoted',
      details: { previousVersion: 'v1' },
    });
    const { problems } = await load.stop();
    expect(problems).toEqual([]);
    const [next, dead] = await bench().reports(shop);
    expect(next?.details.version).toBe('v3');
    expect(dead).toMatchObject({ details: { version: 'v2' }, outcome: 'Aborted' });
  });

  test.concurrent(
    'past its commit point, where stable replaces its own pods, is swept: the previous release is back, no request lost',
    async () => {
      const shop = await bench().shop();
      const found = await shop.objects();
      const load = await shop.load();
      const target = { ...shop.ref.target, labels: { team: 'shop' } };
      await shop.start('canary', { ...v('v2'), ...heldInFull, target });
      await shop.until(({ phase }) => phase === 'holding');
      const quota = await limitPods(shop.namespace, 3);
      await shop.send('promote');
      await shop.until(({ phase }) => phase === 'taking-over');
      await shop.terminate();
      await quota.lift();
      await swept(shop.namespace);
      const { problems } = await load.stop();
      expect(problems).toEqual([]);
      expect(await shop.objects()).toEqual(found);
      expect(await shop.answers()).toBe('v1');
    },
  );

  test.concurrent(
    'leaves its service to the next rollout, which takes away what it left',
    async () => {
      const shop = await bench().shop();
      const found = await shop.surroundings();
      await shop.start('canary', { ...held, ...v('v2') });
      await shop.until(({ phase }) => phase === 'holding');
      await shop.terminate();
      const report = await shop.roll('canary', { ...through, ...v('v3') });
      expect(report).toMatchObject({
        outcome: 'Promoted',
        details: { version: 'v3', previousVersion: 'v1' },
      });
      expect(await shop.surroundings()).toEqual(found);
      expect(await shop.answers()).toBe('v3');
    },
  );

  test.concurrent(
    'is not one that is superseded: that makes way by itself, whatever kind comes next',
    async () => {
      const shop = await bench().shop();
      const found = await shop.surroundings();
      await shop.deploy('canary', { ...held, ...v('v2') });
      await shop.until(({ phase }) => phase === 'holding');
      const next = { ...v('v3'), watch: '1s', analysis: 'none', smoke: [], warmUp: 'none' };
      await expect(shop.deploy('blueGreen', next)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('canary v2 of') },
      });
      await shop.deploy('blueGreen', { ...next, scaleDownDelay: 0, supersede: true });
      await shop.until(({ version }) => version === 'v3');
      expect(await shop.report()).toMatchObject({
        outcome: 'Promoted',
        details: { version: 'v3' },
      });
      const [, superseded] = await bench().reports(shop);
      expect(superseded).toMatchObject({
        outcome: 'Superseded',
        reason: 'Superseded by v3, sent by ana@laptop',
      });
      expect(await shop.surroundings()).toEqual(found);
      expect(await shop.answers()).toBe('v3');
    },
  );

  test.concurrent(
    'ends when its namespace is deleted under it, and trips no sweep after it',
    async () => {
      const shop = await bench().shop();
      await shop.start('canary', { ...held, ...v('v2') });
      await shop.until(({ phase }) => phase === 'holding');
      const core = theCluster().config().makeApiClient(CoreV1Api);
      await core.deleteNamespace({ name: shop.namespace });
      const report = await shop.report();
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(/^at 30 %: the (canary is (lost|gone)|service is gone)/);
      expect(report.undo.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
      const { failed, swept: others } = await bench().sweep();
      for (const { subject } of others) allSwept.add(subject.environment);
      expect(JSON.stringify(failed)).not.toContain(shop.namespace);
    },
  );

  /** By anybody's sweep: each takes whatever it finds dead. */
  const allSwept = new Set<string>();

  /** As a patrol does it: what is not done yet is for its next sweep. */
  const swept = (namespace: string) =>
    eventually(async () => {
      const report = await bench().sweep();
      for (const { subject } of report.swept) allSwept.add(subject.environment);
      expect([...allSwept]).toContain(namespace);
    }, 120_000);
});
