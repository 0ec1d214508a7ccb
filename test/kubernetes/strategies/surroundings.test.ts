/** What services bring along: autoscalers, budgets, several containers, a pause of their own. */
import { AppsV1Api, AutoscalingV2Api } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import type { BenchShop } from '../../fixtures/rollouts-on-cluster.ts';
import { applyObject, mergeAsSomeone, plainShop } from '../../fixtures/shop-objects-on-cluster.ts';
import { shopComplete } from '../../fixtures/shop.ts';

const v2 = { release: { image: shopImage('v2') }, analysis: 'none' };
const through = { ...v2, stages: [{ weight: 100, hold: 0 }] };

describeRollouts('a service with more than a Deployment and a Service', 4, (bench) => {
  test.concurrent(
    'an autoscaler is kept from scaling down, and followed where it scales up',
    async () => {
      const shop = await bench().shop();
      await autoscale(shop, 3);
      const found = await shop.objects();
      await shop.start('canary', {
        ...v2,
        stages: [
          { weight: 30, hold: '10m' },
          { weight: 100, hold: '10m' },
        ],
      });
      const holding = await shop.until(({ phase }) => phase === 'holding');
      expect(holding.weight).toBe(25);
      expect((await autoscaler(shop)).spec?.behavior?.scaleDown?.selectPolicy).toBe('Disabled');
      await autoscale(shop, 5);
      await eventually(async () => expect(await replicas(shop, 'shop')).toBe(5), 60_000);
      await shop.send('promote');
      await shop.until(({ phase, weight }) => phase === 'holding' && weight === 100);
      expect(await canaryReplicas(shop)).toBe(5);
      await shop.send('promote');
      const report = await shop.report();
      expect(report.outcome).toBe('Promoted');
      expect(report.notes).toContain('30 % became 25 %, the closest that this many replicas allow');
      expect(await replicas(shop, 'shop')).toBe(5);
      const { autoscalers } = found as { autoscalers: { spec: object }[] };
      expect((await shop.objects())['autoscalers']).toEqual(
        autoscalers.map((one) => ({ ...one, spec: { ...one.spec, minReplicas: 5 } })),
      );
    },
  );

  test.concurrent(
    'a disruption budget that allows nothing is told, and stops no rollout',
    async () => {
      const shop = await bench().shop();
      await applyObject({
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { namespace: shop.namespace, name: 'shop' },
        spec: { minAvailable: 3, selector: { matchLabels: { app: 'shop' } } },
      });
      const report = await shop.roll('canary', through);
      expect(report.outcome).toBe('Promoted');
      expect(report.notes.join()).toMatch(
        /PodDisruptionBudget shop allows no disruption now: 3 of 3 pods healthy/,
      );
    },
  );

  test.concurrent(
    'several containers get the images that are theirs, init containers too',
    async () => {
      const shop = await bench().shop();
      await severalContainers(shop.namespace);
      const found = await shop.surroundings();
      await expect(shop.roll('canary', through)).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/release\.images by container.*shop, sidecar/) },
      });
      const images = { shop: shopImage('v2'), warm: shopImage('v2') };
      const report = await shop.roll('canary', { ...through, release: { version: 'v2', images } });
      expect(report).toMatchObject({ outcome: 'Promoted', details: { version: 'v2' } });
      const { spec } = await deployment(shop, 'shop');
      const { initContainers = [], containers = [] } = spec?.template.spec ?? {};
      expect([...initContainers, ...containers].map(({ name, image }) => [name, image])).toEqual([
        ['warm', shopImage('v2')],
        ['shop', shopImage('v2')],
        ['sidecar', shopImage('v1')],
      ]);
      expect(containers.flatMap(({ lifecycle }) => lifecycle ?? [])).toEqual([]);
      expect(await shop.surroundings()).toEqual(found);
    },
  );

  test.concurrent('a Deployment that its owner paused is paused again at the end', async () => {
    const shop = await bench().shop();
    const metadata = { namespace: shop.namespace, name: 'shop' };
    const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
    await mergeAsSomeone({ ...kind, metadata, spec: { paused: true } });
    const found = await shop.surroundings();
    expect((await shop.roll('canary', through)).outcome).toBe('Promoted');
    expect(await shop.answers()).toBe('v2');
    expect(await shop.surroundings()).toEqual(found);
    expect((await deployment(shop, 'shop')).spec?.paused).toBe(true);
  });
});

function autoscale({ namespace }: BenchShop, minReplicas: number): Promise<void> {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
  const target = { type: 'Utilization', averageUtilization: 80 };
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  return applyObject({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name: 'shop' },
    spec: { scaleTargetRef, minReplicas, maxReplicas: 8, metrics },
  });
}

async function severalContainers(namespace: string): Promise<void> {
  const sidecar = {
    ...plainShop,
    name: 'sidecar',
    env: [{ name: 'PORT', value: '8081' }],
    ports: [],
    readinessProbe: undefined,
  };
  const env = [{ name: 'PORT', value: '8082' }];
  const warm = { ...sidecar, name: 'warm', restartPolicy: 'Always', env };
  await mergeAsSomeone({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: 'shop' },
    spec: { template: { spec: { initContainers: [warm], containers: [plainShop, sidecar] } } },
  });
  await shopComplete(namespace);
}

function autoscaler({ namespace }: BenchShop) {
  const api = theCluster().config().makeApiClient(AutoscalingV2Api);
  return api.readNamespacedHorizontalPodAutoscaler({ namespace, name: 'shop' });
}

function deployment({ namespace }: BenchShop, name: string) {
  return theCluster()
    .config()
    .makeApiClient(AppsV1Api)
    .readNamespacedDeployment({ namespace, name });
}

async function replicas(shop: BenchShop, name: string): Promise<number | undefined> {
  return (await deployment(shop, name)).spec?.replicas;
}

async function canaryReplicas({ namespace }: BenchShop): Promise<number | undefined> {
  const apps = theCluster().config().makeApiClient(AppsV1Api);
  const labelSelector = 'belay.dev/track=canary';
  const { items } = await apps.listNamespacedReplicaSet({ namespace, labelSelector });
  return items[0]?.spec?.replicas;
}
