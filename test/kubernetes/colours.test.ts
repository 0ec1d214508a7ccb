/** Two Deployments that stand side by side for good, and a Service that is switched between them. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLoad } from '../../scripts/load/load-client.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { createKubernetesPlatform } from '../../src/adapters/kubernetes/kubernetes-platform.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import {
  applyColouredShop,
  coloured,
  colouredDeployment,
  colours,
} from '../fixtures/coloured-shop.ts';
import { eventually } from '../fixtures/eventually.ts';
import { describeRollouts } from '../fixtures/rollouts-on-cluster.ts';
import { applyObject, mergeAsSomeone } from '../fixtures/shop-objects-on-cluster.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, type ShopRollout } from '../fixtures/shop-rollout.ts';
import { shopServiceUrl } from '../fixtures/shop.ts';
import { countersOf } from '../fixtures/counters-of.ts';

const promoted = async (shop: ShopRollout, version: string) => {
  await shop.claim();
  await shop.stage(version, 100);
  expect(await shop.promote()).toBe('done');
  await shop.releaseService();
};

describeOnCluster('two colours under load', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  beforeAll(async () => {
    api = await openCluster();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    namespace = await newNamespace('colours');
    await applyColouredShop(namespace, { version: 'v1', replicas: 3 });
  });

  /** Every request on a connection of its own, so that all pods are met. */
  const underLoad = async (story: (met: (version: string) => Promise<void>) => Promise<void>) => {
    const url = await shopServiceUrl(namespace);
    await eventually(async () => expect((await fetch(url)).ok).toBe(true));
    const load = startLoad({ url, ratePerSecond: 100, keepAlive: false });
    const since: Record<string, number> = {};
    const met = async (version: string) => {
      since[version] = load.counts.byVersion[version] ?? 0;
      await eventually(async () =>
        expect(load.counts.byVersion[version]).toBeGreaterThan(since[version]!),
      );
    };
    try {
      await story(met);
    } finally {
      await load.stop();
    }
    expect(load.counts.problems).toEqual([]);
    process.stderr.write(`colours: ${load.counts.sent} requests, ${load.counts.lost} lost\n`);
    return load.counts;
  };

  test('are switched there, and back again by the next release, and no request is lost', async () => {
    await underLoad(async (met) => {
      await met('v1');
      await promoted(coloured(api, namespace), 'v2');
      await met('v2');
      expect(await coloured(api, namespace).state()).toMatchObject({
        stable: { release: { version: 'v2' }, wanted: 3 },
        kept: [{ release: { version: 'v1' }, wanted: 3 }],
      });
      await promoted(coloured(api, namespace, { rolloutId: 'r2' }), 'v3');
      await met('v3');
    });
    const state = await coloured(api, namespace).state();
    expect(state.stable?.release.version).toBe('v3');
    expect(state.canary).toBeUndefined();
    expect(state.owner).toBeUndefined();
    expect(state.drift).toEqual([]);
    expect(state.kept.map(({ release }) => release.version)).toEqual(['v2', 'v1']);
    expect((await shopObjects(namespace))['services']).toMatchObject([
      { selector: { app: 'shop', colour: 'blue' } },
    ]);
  });

  test('are switched back by an abort, which leaves them as they were', async () => {
    const found = await shopObjects(namespace);
    const counts = await underLoad(async (met) => {
      const shop = coloured(api, namespace);
      await shop.claim();
      await shop.stage('v2', 100);
      await met('v2');
      await shop.abort();
      await met('v1');
    });
    expect(counts.byVersion['v2']).toBeGreaterThan(0);
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test('show nobody the release before the switch, and give a warm idle colour back as it was', async () => {
    await applyObject(colouredDeployment(namespace, 'green', { version: 'v4', replicas: 2 }));
    const idle = coloured(api, namespace);
    await eventually(async () => expect((await idle.state()).kept).toHaveLength(2));
    const found = await shopObjects(namespace);
    const counts = await underLoad(async (met) => {
      const shop = coloured(api, namespace);
      await shop.claim();
      const { replicas } = await shop.apply('v2', 100);
      await shop.canaryReady(replicas);
      await met('v1');
      await shop.abort();
    });
    expect(Object.keys(counts.byVersion)).toEqual(['v1']);
    expect(await shopObjects(namespace)).toEqual(found);
  });

  test('are rolled back to the idle colour as it is, and to an older revision of it', async () => {
    await promoted(coloured(api, namespace), 'v2');
    await underLoad(async (met) => {
      await met('v2');
      await rolledBack('v1');
      await met('v1');
      await promoted(coloured(api, namespace, { rolloutId: 'r3' }), 'v3');
      await promoted(coloured(api, namespace, { rolloutId: 'r4' }), 'v4');
      await rolledBack('v1');
      await met('v1');
    });
  });

  const rolledBack = async (version: string) => {
    const shop = coloured(api, namespace, { rolloutId: `back-to-${version}-${Date.now()}` });
    const { kept } = await shop.claim();
    const wanted = kept.find(({ release }) => release.version === version)!;
    const platform = createKubernetesPlatform({ clusters: { of: () => Promise.resolve(api) } });
    const { replicas } = await platform.applyCanary(shop.ref, shop.fence(), {
      release: wanted.release,
      replicas: { forWeight: 100 },
      readiness: { deadlineMs: 60_000 },
    });
    await shop.canaryReady(replicas);
    await shop.setWeight(100);
    await shop.promote();
    await shop.releaseService();
    expect((await shop.state()).stable?.release.version).toBe(version);
  };

  test('are asked for their traffic track by track, and name what others change', async () => {
    const shop = coloured(api, namespace);
    await shop.claim();
    await shop.stage('v2', 100);
    const platform = createKubernetesPlatform({ clusters: { of: () => Promise.resolve(api) } });
    const before = await platform.readTraffic(shop.ref);
    await underLoad((met) => met('v2'));
    const after = await platform.readTraffic(shop.ref);
    expect(countersOf(after, 'canary').requests).toBeGreaterThan(
      countersOf(before, 'canary').requests,
    );
    const metadata = { namespace, name: 'shop' };
    const spec = { selector: { colour: 'blue' } };
    await mergeAsSomeone({ apiVersion: 'v1', kind: 'Service', metadata, spec });
    const green = { namespace, name: 'shop-green' };
    await mergeAsSomeone({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: green },
      spec: { template: { metadata: { labels: { edited: 'yes' } } }, replicas: 1 },
    });
    await eventually(async () =>
      expect((await shop.state()).drift).toEqual([
        'spec.selector: Service shop does not select shop-green; written by someone',
        'spec.template: Deployment shop-green was edited while a rollout owns it; written by someone',
        'spec.replicas: Deployment shop-green was scaled down to 1, of 3; written by someone',
      ]),
    );
    await shop.correctDrift();
    expect((await shop.state()).drift).toEqual([]);
    await shop.abort();
  });
});

describeRollouts('two colours in real rollouts', 2, (bench) => {
  const release = (version: string) => ({
    release: { image: shopImage(version) },
    ...{ analysis: 'none', warmUp: 'none', watch: '1s', scaleDownDelay: 0 },
  });
  const colouredShop = async () => {
    const namespace = bench().takeNamespace();
    await applyColouredShop(namespace, { version: 'v1', replicas: 2 });
    const shop = bench().shopIn(namespace);
    return { shop, target: { ...shop.ref.target, colours } };
  };

  test.concurrent('are deployed to, and rolled back, without a lost request', async () => {
    const { shop, target } = await colouredShop();
    const load = await shop.load();
    const there = await shop.roll('blueGreen', { ...release('v2'), target });
    expect(there).toMatchObject({
      outcome: 'Promoted',
      details: { version: 'v2', previousVersion: 'v1' },
    });
    expect(await shop.answers()).toBe('v2');
    const back = await shop.roll('rollback', { target });
    expect(back).toMatchObject({
      outcome: 'Promoted',
      details: { version: 'v1', previousVersion: 'v2' },
    });
    expect(await shop.answers()).toBe('v1');
    expect((await load.stop()).problems).toEqual([]);
  });

  test.concurrent('are found by the janitor when their rollout is dead', async () => {
    const { shop, target } = await colouredShop();
    const found = await shop.objects();
    await shop.start('blueGreen', { ...release('v2'), watch: '1h', target });
    await shop.until(({ phase, weight }) => phase === 'holding' && weight === 100);
    await eventually(async () => expect(await shop.answers()).toBe('v2'));
    await shop.terminate();
    expect((await bench().sweep()).swept).toMatchObject([
      { subject: { environment: shop.namespace } },
    ]);
    expect(await shop.answers()).toBe('v1');
    expect(await shop.objects()).toEqual(found);
  });
});
