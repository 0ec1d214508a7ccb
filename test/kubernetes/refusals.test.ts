/** What can never happen is refused before the first write; what looks odd but can, happens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import {
  shopDeployment,
  shopRoute,
  shopService,
} from '../../scripts/one-node-cluster/shop-manifests.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { applyObject } from '../fixtures/shop-objects-on-cluster.ts';
import { applyShop } from '../fixtures/shop.ts';
import { refuseWrites, rule } from '../fixtures/refusing-policy.ts';
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

  describe('what the API server would refuse', () => {
    const release = { version: 'v2', image: shopImage('v2') };
    const wanted = { release, way: 'beside' as const };

    async function shopWith(quota: Record<string, string>) {
      const own = await newNamespace('refused');
      await applyShop(own, { version: 'v1', replicas: 2, fake: true });
      await applyObject(shopRoute({ namespace: own, name: 'shop', path: `/${own}` }));
      if (Object.keys(quota).length > 0) await limit(own, quota);
      const target = { router: { gatewayApi: { route: 'shop', settleMs: 50 } } };
      return new ShopRollout(api, own, { target });
    }

    async function limit(own: string, hard: Record<string, string>): Promise<void> {
      await applyObject({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { namespace: own, name: 'counts' },
        spec: { hard },
      });
      await eventually(async () => {
        const quotas = await api.list('resourcequotas', own);
        expect(quotas[0]?.status?.used).toBeDefined();
      });
    }

    const demandTeam = (own: string) =>
      refuseWrites(own, {
        on: [rule('apps', 'controllerrevisions'), rule('', 'services')],
        unless: "has(object.metadata.labels) && 'team' in object.metadata.labels",
        message: 'every object has a team',
      });

    const untouched = async ({ ref }: ShopRollout) => {
      const { namespace: own } = ref.target as { namespace: string };
      const deployment = await api.getLive({ kind: 'deployments', namespace: own, name: 'shop' });
      const service = await api.getLive({ kind: 'services', namespace: own, name: 'shop' });
      return [deployment, service].every(
        (one) =>
          !Object.keys(one?.metadata?.annotations ?? {}).some((key) => key.startsWith('belay.')),
      );
    };

    test.each([
      ['services', { 'count/services': '1' }, /create services .*quota "counts" has no room/],
      ['services by their own name', { services: '1' }, /create services .*quota "counts"/],
      ['ReplicaSets', { 'count/replicasets.apps': '1' }, /create replicasets .*quota "counts"/],
      [
        'ControllerRevisions',
        { 'count/controllerrevisions.apps': '0' },
        /create controllerrevisions .*quota "counts"/,
      ],
    ])('a quota of %s is named before the first write', async (_what, quota, reason) => {
      const shop = await shopWith(quota);
      await expect(shop.inspect(wanted)).rejects.toThrow(reason);
      expect(await untouched(shop)).toBe(true);
    });

    test('a policy on the route is named before the first write', async () => {
      const shop = await shopWith({});
      const { namespace: own } = shop.ref.target as { namespace: string };
      const policy = await refuseWrites(own, {
        on: [rule('gateway.networking.k8s.io', 'httproutes', 'UPDATE')],
        unless: 'object.spec.rules.all(r, r.backendRefs.size() < 2)',
        message: 'routes lead to one Service',
      });
      try {
        await eventually(async () => {
          await expect(shop.inspect(wanted)).rejects.toThrow(/routes lead to one Service/);
        }, 30_000);
        expect(await untouched(shop)).toBe(true);
      } finally {
        await policy.withdraw();
      }
    });

    test('a policy, and all else that is in the way, are named together before the first write', async () => {
      const shop = await shopWith({ 'count/services': '1' });
      const { namespace: own } = shop.ref.target as { namespace: string };
      const policy = await demandTeam(own);
      try {
        await eventually(async () => {
          const inspected = shop.inspect(wanted);
          await expect(inspected).rejects.toThrow(/every object has a team.*create services/s);
        }, 30_000);
        expect(await untouched(shop)).toBe(true);
      } finally {
        await policy.withdraw();
      }
    });

    test("a policy that wants labels which the user's objects lack is met by the spec's labels", async () => {
      const shop = await shopWith({});
      const { namespace: own } = shop.ref.target as { namespace: string };
      const policy = await demandTeam(own);
      try {
        await eventually(async () => {
          const inspected = shop.inspect(wanted);
          await expect(inspected).rejects.toThrow(
            /create controllerrevisions .*has a team.*create services .*has a team/s,
          );
        }, 30_000);
        expect(await untouched(shop)).toBe(true);
        const router = { gatewayApi: { route: 'shop', settleMs: 50 } };
        const labels = { team: 'payments' };
        const labelled = new ShopRollout(api, own, {
          proxySettleMs: 50,
          target: { router, labels },
        });
        await labelled.inspect(wanted);
        await labelled.claim();
        await labelled.stage('v2', 100);
        const pods = await api.list('pods', own, { app: 'shop' });
        const canaries = pods.filter(({ spec }) => spec?.containers[0]?.image === release.image);
        expect(canaries.map(({ metadata }) => metadata?.labels?.['team'])).toEqual([
          'payments',
          'payments',
        ]);
        await labelled.promoteToTheEnd();
        const stable = await api.getLive({ kind: 'deployments', namespace: own, name: 'shop' });
        expect(stable?.spec?.template.spec?.containers[0]?.image).toBe(shopImage('v2'));
        expect(stable?.spec?.template.metadata?.labels).not.toHaveProperty('team');
      } finally {
        await policy.withdraw();
      }
    });

    test('a good release is tried with few requests, and nothing of it is there afterwards', async () => {
      const shop = await shopWith({});
      // What has been read before it was at rest would be read, and tried, again.
      await shop.complete();
      let tries = 0;
      const counting = { ...api };
      counting.tryCreate = (...args) => ((tries += 1), api.tryCreate(...args));
      counting.tryPatch = (...args) => ((tries += 1), api.tryPatch(...args));
      shop.goOnWith(counting);
      await shop.inspect(wanted);
      expect(tries).toBe(6);
      expect(await untouched(shop)).toBe(true);
    });
  });
});
