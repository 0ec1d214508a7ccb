/** Rolling and recreate: what the platform does itself, watched, and taken back. */
import { Watch } from '@kubernetes/client-node';
import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import { mergeAsSomeone } from '../../fixtures/shop-objects-on-cluster.ts';

const v2 = { release: { image: shopImage('v2') }, watch: '2s', analysis: 'none' };

describeRollouts('a release in the place of the one before', 6, (bench) => {
  test.concurrent('rolling: is promoted, and all but the release is as it was', async () => {
    const shop = await bench().shop();
    const found = await shop.surroundings();
    expect(await shop.roll('rolling', v2)).toMatchObject({
      outcome: 'Promoted',
      details: { version: 'v2', previousVersion: 'v1', stages: [{ verdict: { kind: 'pass' } }] },
    });
    expect(await shop.surroundings()).toEqual(found);
    expect(await shop.answers()).toBe('v2');
  });

  test.concurrent(
    'rolling: is undone where its image cannot be pulled, which is said',
    async () => {
      const shop = await bench().shop();
      const found = await shop.objects();
      const release = { image: shopImage('nowhere') };
      const report = await shop.roll('rolling', { ...v2, release, readiness: { deadline: '5s' } });
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(
        /stable has the release on 1 of 3 replicas: pod shop-\S+: container shop: ErrImageNeverPull: image belay\.test\/shop:nowhere/,
      );
      expect(report.undo.map(({ name, state }) => [name, state])).toEqual([
        ['put the previous release back', 'done'],
        ['release shop', 'done'],
      ]);
      expect(await shop.objects()).toEqual(found);
      expect(await shop.answers()).toBe('v1');
    },
  );

  test.concurrent('rolling: is undone on metrics that fail, scraped from its pods', async () => {
    const shop = await bench().shop();
    const found = await shop.objects();
    const load = await shop.load();
    const report = await shop.roll('rolling', {
      release: { image: shopImage('v3'), env: { ERROR_PERCENT: '50' } },
      watch: '10m',
      metrics: [{ name: 'error-rate', max: '5%' }],
      analysis: { interval: '1s', failureLimit: 1 },
    });
    await load.stop();
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toMatch(/error-rate failed 2 measurements; last: [\d.]+ % is outside/);
    expect(await shop.objects()).toEqual(found);
    expect(Object.keys(load.counts.byStatus).sort()).toEqual(['200', '500']);
  });

  for (const own of ['RollingUpdate', 'Recreate']) {
    test.concurrent(
      `recreate: never runs two versions on a Deployment of strategy ${own}`,
      async () => {
        const shop = await bench().shop();
        await setStrategy(shop.namespace, own);
        const found = await shop.surroundings();
        const pods = await watchVersions(shop.namespace);
        const report = await shop.roll('recreate', v2);
        pods.stop();
        expect(report).toMatchObject({ outcome: 'Promoted', details: { version: 'v2' } });
        expect(pods.together).toEqual(new Set(['v1', '', 'v2']));
        expect(await shop.surroundings()).toEqual(found);
      },
    );
  }

  test.concurrent('recreate: is undone on a crash loop', async () => {
    const shop = await bench().shop();
    const found = await shop.objects();
    const release = { image: shopImage('v2'), env: { CRASH: '1' } };
    const report = await shop.roll('recreate', { ...v2, release, readiness: { deadline: '15s' } });
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toMatch(
      /pod shop-\S+: container shop: CrashLoopBackOff: restarted .*, last ended with exit code 1/,
    );
    expect(await shop.objects()).toEqual(found);
    expect(await shop.answers()).toBe('v1');
  });
});

async function setStrategy(namespace: string, type: string): Promise<void> {
  const strategy = { type, ...(type === 'Recreate' && { rollingUpdate: null }) };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };
  await mergeAsSomeone({
    ...deployment,
    metadata: { namespace, name: 'shop' },
    spec: { strategy },
  });
}

/** The versions that had pods at the same time, each combination once. */
async function watchVersions(namespace: string) {
  const together = new Set<string>();
  const versions = new Map<string, string>();
  const watch = new Watch(theCluster().config());
  const watching = await watch.watch(
    `/api/v1/namespaces/${namespace}/pods`,
    {},
    (type: string, { metadata, spec, status }: V1Pod) => {
      const hasEnded = ['Succeeded', 'Failed'].includes(status?.phase ?? '');
      const name = metadata?.name ?? '';
      if (type === 'DELETED' || hasEnded) versions.delete(name);
      else versions.set(name, spec?.containers[0]?.image?.split(':')[1] ?? '');
      together.add([...new Set(versions.values())].sort().join(' '));
    },
    () => undefined,
  );
  return { together, stop: () => watching.abort() };
}
