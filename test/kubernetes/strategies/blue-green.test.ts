/** Green beside blue: tried where no caller is, switched to, and back. */
import { AppsV1Api, CoreV1Api, type V1Deployment } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import { applyColouredShop, colours } from '../../fixtures/coloured-shop.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import { routeShop, shopServiceUrl } from '../../fixtures/shop.ts';

const smoke = [
  { path: '/health', expect: 200 },
  { path: '/smoke', expect: 200 },
];
const v2 = {
  release: { image: shopImage('v2') },
  analysis: 'none',
  smoke,
  warmUp: 'none',
  watch: '1s',
  scaleDownDelay: 0,
};

describeRollouts('a blue-green deployment', 5, (bench) => {
  test.concurrent(
    'is tried straight at idle pods, switched to, and promoted without a lost request',
    async () => {
      const shop = await bench().shop();
      const found = await shop.surroundings();
      const load = await shop.load();
      await shop.start('blueGreen', { ...v2, approval: { by: ['ana'] } });
      const waiting = await shop.until(({ phase }) => phase === 'awaiting-approval');
      expect(waiting.weight).toBe(0);
      expect(await requestsTo(await idlePods(shop.namespace))).toEqual([1, 1, 1]);
      expect(load.counts.byVersion['v2']).toBeUndefined();
      await shop.send('approve');
      const report = await shop.report();
      const { problems, byVersion } = await load.stop();
      expect(report).toMatchObject({ outcome: 'Promoted', details: { version: 'v2' } });
      expect(problems).toEqual([]);
      expect(byVersion['v2']).toBeGreaterThan(0);
      expect(await shop.answers()).toBe('v2');
      expect(await shop.surroundings()).toEqual(found);
    },
  );

  test.concurrent('has a preview of its own on a route, before any caller meets it', async () => {
    const shop = await bench().shop();
    const url = await routeShop(shop.namespace);
    const found = await shop.objects();
    const target = { ...shop.ref.target, router: { gatewayApi: { route: 'shop' } } };
    await shop.start('blueGreen', { ...v2, target, approval: { by: ['ana'] } });
    await shop.until(({ phase }) => phase === 'awaiting-approval');
    const preview = await fetch(await shopServiceUrl(shop.namespace, 'shop-canary'));
    expect(preview.headers.get('x-version')).toBe('v2');
    expect((await fetch(url)).headers.get('x-version')).toBe('v1');
    await shop.send('reject', { why: 'not on a Friday' });
    const report = await shop.report();
    expect(report).toMatchObject({
      outcome: 'Aborted',
      reason: 'Rejected by ana: not on a Friday',
    });
    expect(await shop.objects()).toEqual(found);
  });

  test.concurrent(
    'is not switched to where a smoke test fails at one idle pod, which is named',
    async () => {
      const shop = await bench().shop();
      const found = await shop.objects();
      const release = { image: shopImage('v2'), env: { ERROR_PERCENT: '100' } };
      const report = await shop.roll('blueGreen', { ...v2, release });
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(
        /shop-[4-9bcdf]{10}-\S+: http:\S+\/smoke answered 500, not 200/,
      );
      expect(await shop.objects()).toEqual(found);
    },
  );

  test.concurrent(
    'is switched back at once by an abort while the old release is kept',
    async () => {
      const shop = await bench().shop();
      const found = await shop.objects();
      const load = await shop.load();
      await shop.start('blueGreen', { ...v2, scaleDownDelay: '10m' });
      await shop.until(({ phase }) => phase === 'keeping');
      expect(await shop.answers()).toBe('v2');
      await shop.send('abort', { why: 'slow checkout' });
      const report = await shop.report();
      const { problems, byVersion } = await load.stop();
      expect(report).toMatchObject({ outcome: 'Aborted', reason: 'Aborted by ana: slow checkout' });
      expect(problems).toEqual([]);
      expect(byVersion['v2']).toBeGreaterThan(0);
      expect(await shop.answers()).toBe('v1');
      expect(await shop.objects()).toEqual(found);
    },
  );

  test.concurrent(
    'of two declared colours takes turns, and keeps the old one without pods',
    async () => {
      const namespace = bench().takeNamespace();
      await applyColouredShop(namespace, { version: 'v1', replicas: 3 });
      const shop = bench().shopIn(namespace);
      const target = { ...shop.ref.target, colours };
      const load = await shop.load();
      for (const [version, live, idle] of [
        ['v2', 'shop-green', 'shop-blue'],
        ['v3', 'shop-blue', 'shop-green'],
      ] as const) {
        const release = { image: shopImage(version) };
        const report = await shop.roll('blueGreen', { ...v2, target, release });
        expect(report).toMatchObject({ outcome: 'Promoted', details: { version } });
        expect(await shop.answers()).toBe(version);
        expect(await sizes(namespace)).toEqual({ [live]: 3, [idle]: 0 });
      }
      expect((await load.stop()).problems).toEqual([]);
      const back = await shop.roll('rollback', { target });
      expect(back).toMatchObject({
        outcome: 'Promoted',
        details: { version: 'v2', previousVersion: 'v3' },
      });
      expect(await shop.answers()).toBe('v2');
    },
  );
});

async function sizes(namespace: string): Promise<Record<string, number | undefined>> {
  const apps = theCluster().config().makeApiClient(AppsV1Api);
  const { items } = await apps.listNamespacedDeployment({ namespace });
  const sizeOf = ({ metadata, spec }: V1Deployment): [string, number | undefined] => [
    metadata?.name ?? '',
    spec?.replicas,
  ];
  return Object.fromEntries(items.map(sizeOf));
}

async function idlePods(namespace: string): Promise<string[]> {
  const { items } = await theCluster()
    .config()
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace, labelSelector: 'app=shop' });
  const idle = items.filter(({ spec }) => spec?.containers[0]?.image === shopImage('v2'));
  return idle.map(({ status }) => status?.podIP ?? '');
}

/** How many requests each of them has counted: of smoke tests one each, of callers none. */
function requestsTo(addresses: string[]): Promise<number[]> {
  return Promise.all(
    addresses.map(async (address) => {
      const counters = await (await fetch(`http://${address}:8080/metrics`)).text();
      return Number(/http_requests_total\{code="200"\} (\d+)/.exec(counters)?.[1] ?? 0);
    }),
  );
}
