/** Everything that keeps a canary from being ready: undone, with the cause in the report. */
import { CoreV1Api } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { shopImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { theCluster } from '../../fixtures/cluster.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { limitPods } from '../../fixtures/pod-quota.ts';
import { describeRollouts } from '../../fixtures/rollouts-on-cluster.ts';
import { startShop } from '../../fixtures/shop.ts';

const image = shopImage('v2');
const ofMissingSecret = {
  name: 'URL',
  valueFrom: { secretKeyRef: { name: 'shop-db', key: 'url' } },
};
const path = '/spec/containers/0/env';

const failures: [string, object, RegExp][] = [
  [
    'an image that no registry has',
    { version: 'v9', image: 'registry.invalid/shop:v9', patch: [alwaysPull()] },
    /container shop: (ErrImagePull|ImagePullBackOff): image registry\.invalid\/shop:v9/,
  ],
  [
    'a crash loop',
    { image, env: { CRASH: '1' } },
    /container shop: CrashLoopBackOff: restarted (once|\d+ times), last ended with exit code 1/,
  ],
  [
    'a Secret that does not exist',
    { version: 'v2', image, patch: [{ op: 'add', path, value: [ofMissingSecret] }] },
    /container shop: CreateContainerConfigError: secret "shop-db" not found/,
  ],
];

describeRollouts('a canary that does not get ready', 7, (bench) => {
  test.concurrent.for(failures)(
    'for %s is undone, and stable was never touched',
    async ([, release, cause]) => {
      const shop = await bench().shop();
      const found = await shop.objects();
      const report = await shop.roll('canary', {
        release,
        analysis: 'none',
        readiness: { deadline: '30s' },
        stages: [{ weight: 30, hold: '1s' }],
      });
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(/the canary was not ready in time: 0 of 1 replicas ready; /);
      expect(report.reason).toMatch(/shop-[4-9bcdf]{10}-\S+: /);
      expect(report.reason).toMatch(cause);
      expect(await shop.objects()).toEqual(found);
      expect(await shop.answers()).toBe('v1');
    },
  );

  test.concurrent('for a probe that fails is undone, and says so', async () => {
    const shop = await bench().shop();
    const found = await shop.objects();
    const report = await shop.roll('canary', {
      release: { image, env: { UNREADY: '1' } },
      analysis: 'none',
      readiness: { deadline: '10s' },
      stages: [{ weight: 30, hold: '1s' }],
    });
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toMatch(/container shop: not ready: its readiness probe .* fails/);
    expect(await shop.objects()).toEqual(found);
  });

  test.concurrent(
    'for a quota that was used up in mid-rollout is undone, and names the quota',
    async () => {
      const shop = await bench().shop();
      const found = await shop.objects();
      await shop.start('canary', {
        release: { image },
        analysis: 'none',
        readiness: { deadline: '10s' },
        stages: [
          { weight: 30, hold: '10m' },
          { weight: 100, hold: '1s' },
        ],
      });
      await shop.until(({ phase }) => phase === 'holding');
      await limitPods(shop.namespace, 4);
      await shop.send('promote');
      const report = await shop.report();
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(
        /ReplicaSet shop-[4-9bcdf]{10} cannot create pods: quota exceeded: .*exceeded quota: room/,
      );
      expect(await shop.objects()).toEqual(found);
      expect(await shop.answers()).toBe('v1');
    },
  );

  for (const [how, env] of [
    ['crashes', { CRASH: '1' }],
    ['is not ready', { UNREADY: '1' }],
  ] as const) {
    test.concurrent(`but one that is well replaces a stable that ${how}`, async () => {
      const namespace = bench().takeNamespace();
      await startShop(namespace, { version: 'v1', replicas: 2, env });
      await eventually(async () => expect(await podsIn(namespace)).toHaveLength(2));
      const shop = bench().shopIn(namespace);
      const report = await shop.roll('canary', {
        release: { image, env: { CRASH: '', UNREADY: '' } },
        analysis: 'none',
        stages: [{ weight: 50, hold: '1s' }],
      });
      expect(report).toMatchObject({ outcome: 'Promoted', details: { version: 'v2' } });
      expect(await shop.answers()).toBe('v2');
    });
  }
});

async function podsIn(namespace: string) {
  const core = theCluster().config().makeApiClient(CoreV1Api);
  return (await core.listNamespacedPod({ namespace })).items;
}

function alwaysPull() {
  return { op: 'replace', path: '/spec/containers/0/imagePullPolicy', value: 'Always' };
}
