/** The previous release of a Deployment that keeps no old ReplicaSets. */
import { AppsV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { mergeAsSomeone } from '../fixtures/shop-objects-on-cluster.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop } from '../fixtures/shop.ts';

describeOnCluster('a Deployment that keeps no ReplicaSets', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;
  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    [api, namespace] = await Promise.all([openCluster(), newNamespace('kept')]);
    await applyShop(namespace, { version: 'v1', replicas: 2, fake: true });
    await mergeAsSomeone({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'shop' } },
      spec: { revisionHistoryLimit: 0 },
    });
  });
  afterAll(() => api.close());

  test('gets its previous release back from a ControllerRevision, and the one after it', async () => {
    const promotion = rollout('r1');
    await promotion.claim();
    await promotion.stage('v2', 100);
    await promotion.promoteToTheEnd();
    expect(await revisions()).toEqual(['shop-belay']);

    for (const [rolloutId, back, replaced] of [
      ['r2', 'v1', 'v2'],
      ['r3', 'v2', 'v1'],
    ] as const) {
      const rollback = rollout(rolloutId);
      const [kept] = (await rollback.state()).kept;
      expect(kept?.release.version).toBe(back);
      await rollback.claim();
      await rollback.bringBack(kept!.release);
      await rollback.promoteToTheEnd();
      const { stable, kept: left } = await rollback.state();
      expect(stable?.release.version).toBe(back);
      expect(left[0]?.release.version).toBe(replaced);
    }
  });

  const rollout = (rolloutId: string) =>
    new ShopRollout(api, namespace, { rolloutId, proxySettleMs: 50 });
  const revisions = async () => {
    const apps = theCluster().config().makeApiClient(AppsV1Api);
    const { items } = await apps.listNamespacedControllerRevision({ namespace });
    return items.map(({ metadata }) => metadata?.name);
  };
});
