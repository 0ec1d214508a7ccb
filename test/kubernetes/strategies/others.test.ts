/**
 * Others at the same objects in mid-rollout: named, put back once, then a person decides. What they
 * wrote last into the Deployment is theirs: it takes effect once the service is released.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { BenchShop } from '../../fixtures/rollouts-on-cluster.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import { mergeAsSomeone } from '../../fixtures/shop-objects-on-cluster.ts';
import { routeShop } from '../../fixtures/shop.ts';

const held = {
  release: { image: shopImage('v2') },
  analysis: { judge: 'threshold', interval: '1s', consecutiveErrorLimit: 100 },
  metrics: [{ name: 'error-rate', max: '100%' }],
  stages: [{ weight: 30, hold: '10m' }],
};

type Edit = (shop: BenchShop) => Promise<unknown>;

const edits: [string, Edit, RegExp][] = [
  [
    'edits the template of the Deployment',
    (shop) =>
      deployment(shop, { template: { metadata: { labels: { edited: String(Date.now()) } } } }),
    /spec\.template: Deployment shop was edited while a rollout owns it; written by someone/,
  ],
  [
    'resumes the Deployment',
    (shop) => deployment(shop, { paused: false }),
    /spec\.paused: Deployment shop was resumed/,
  ],
  [
    'unpins the Service of a route',
    (shop) => service(shop, { selector: { 'pod-template-hash': null } }),
    /spec\.selector: Service shop selects stable and canary, not stable alone; written by someone/,
  ],
];

describeRollouts('what others change in mid-rollout', 4, (bench) => {
  test.concurrent.for(edits)(
    'somebody %s: that is named, put back once, and then left to a person',
    async ([, edit, named]) => {
      const shop = await bench().shop();
      await routeShop(shop.namespace);
      const found = await shop.surroundings();
      const target = { ...shop.ref.target, router: { gatewayApi: { route: 'shop' } } };
      await shop.start('canary', { ...held, target });
      await shop.until(({ phase }) => phase === 'holding');
      const asHeld = await shop.objects();
      await edit(shop);
      await eventually(async () => expect(await shop.objects()).toEqual(asHeld), 60_000);
      await edit(shop);
      const asked = await shop.until(({ phase }) => phase === 'inconclusive');
      expect(asked.now).toMatch(named);
      await shop.send('abort');
      const report = await shop.report();
      expect(report.outcome).toBe('Aborted');
      expect(report.notes.join()).toMatch(
        /Others changed the target, and their changes were undone: /,
      );
      expect(report.notes.join()).toMatch(named);
      expect(await shop.surroundings()).toEqual(found);
      expect(await shop.answers()).toBe('v1');
    },
  );

  test.concurrent(
    'a tool that puts its own back every second is named, and cannot keep an abort from its end',
    async () => {
      const shop = await bench().shop();
      await shop.start('canary', held);
      await shop.until(({ phase }) => phase === 'holding');
      const stop = new AbortController();
      const reverting = everySecond(stop.signal, async () => {
        await deployment(shop, { paused: false });
        await service(shop, { selector: { 'pod-template-hash': null } });
      });
      const asked = await shop.until(({ phase }) => phase === 'inconclusive');
      expect(asked.now).toMatch(/Deployment shop was resumed/);
      await shop.send('abort');
      const report = await shop.report();
      stop.abort();
      await reverting;
      expect(report.outcome).toBe('Aborted');
      expect(report.undo.every(({ state }) => state === 'done')).toBe(true);
      await eventually(async () => expect(await shop.answers()).toBe('v1'), kubeProxyLagMs);
    },
  );
});

/** The tool led callers to the canary to the last, and pods that were told to stop still answer. */
const kubeProxyLagMs = 5_000;

async function everySecond(signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await act();
    await sleep(1_000);
  }
}

function deployment({ namespace }: BenchShop, spec: object): Promise<void> {
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
  return mergeAsSomeone({ ...kind, metadata: { namespace, name: 'shop' }, spec });
}

function service({ namespace }: BenchShop, spec: object): Promise<void> {
  const kind = { apiVersion: 'v1', kind: 'Service' };
  return mergeAsSomeone({ ...kind, metadata: { namespace, name: 'shop' }, spec });
}
