/** What can never happen is refused before the first write; what looks odd but can, happens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  shopDeployment,
  shopRoute,
  shopService,
} from '../../scripts/one-node-cluster/shop-manifests.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes/api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { applyObject } from '../fixtures/shop-objects-on-cluster.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';

describeOnCluster('a rollout of what is unusual', ['kubectl'], () => {
  let api: OwnedClusterApi;
  let namespace: string;

  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    [api, namespace] = await Promise.all([openCluster(), newNamespace('refusals')]);
  });
  afterAll(() => api.close());

  describe('names', () => {
    test.each([
      ['with a dot', 'shop.eu'],
      ['of 60 characters', 's'.repeat(60)],
      ['that begins with a digit', '2fa'],
    ])('a Deployment %s gets a canary and a Service for it', async (_what, name) => {
      const app = name.replaceAll('.', '-').slice(0, 40);
      const deployment = shopDeployment(namespace, { name: app, version: 'v1', fake: true });
      await applyObject({ ...deployment, metadata: { namespace, name } });
      const service = shopService(namespace, `svc-${app}`);
      const labelled = { ...service, spec: { ...service.spec, selector: { app } } };
      await applyObject(labelled);
      await applyObject(shopRoute({ namespace, name: `svc-${app}`, path: `/${namespace}/${app}` }));
      const rollout = new ShopRollout(api, namespace, {
        proxySettleMs: 50,
        target: {
          deployment: name,
          router: { gatewayApi: { route: `svc-${app}`, settleMs: 50 } },
        },
      });
      await rollout.claim();
      await rollout.stage('v2', 50);
      expect((await rollout.state()).canaryWeight).toBe(50);
      await rollout.abort();
    });
  });
});
