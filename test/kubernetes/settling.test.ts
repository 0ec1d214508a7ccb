import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClusterApi, PatchStep } from '../../src/adapters/kubernetes-api/cluster-api.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { applyObject, mergeAsSomeone, plainShop } from '../fixtures/shop-objects-on-cluster.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop, routeShop, startShop } from '../fixtures/shop.ts';

const settleMs = 2_500;

interface Move {
  kind: string;
  name: string;
  atMs: number;
}

/** Notes every write that moves traffic: selectors of Services, backends of a route. */
function noting(api: ClusterApi, moves: Move[]): ClusterApi {
  const movesTraffic = ({ op, path }: PatchStep) =>
    op !== 'test' && (path === '/spec/selector' || path.endsWith('/backendRefs'));
  return {
    ...api,
    patch: async (ref, steps) => {
      const written = await api.patch(ref, steps);
      if (steps.some(movesTraffic))
        moves.push({ kind: ref.kind, name: ref.name, atMs: Date.now() });
      return written;
    },
  };
}

describeOnCluster(
  'what stands in front of pods and checks them before it uses them',
  ['gatewayUrl'],
  () => {
    let api: OwnedClusterApi;
    beforeAll(async () => {
      api = await openCluster();
    });
    afterAll(() => api.close());

    const last = (moves: Move[], kind: string) =>
      moves.filter((move) => move.kind === kind).at(-1)!;

    /** `adopted`: whether the Deployment adopts the canary, or replaces its own pods. */
    async function start(routed: boolean, adopted: boolean) {
      const namespace = await newNamespace('settling');
      await applyShop(namespace, { version: 'v1', replicas: 1 });
      if (routed) await routeShop(namespace);
      const moves: Move[] = [];
      const router = { gatewayApi: { route: 'shop', settleMs } };
      const shop = new ShopRollout(noting(api, moves), namespace, {
        proxySettleMs: routed ? 50 : settleMs,
        target: { ...(routed && { router }), ...(!adopted && { labels: { team: 'shop' } }) },
      });
      await shop.claim();
      const { replicas } = await shop.apply('v2', 100);
      await shop.canaryReady(replicas);
      return { namespace, moves, shop, readyMs: Date.now() };
    }

    test.each([true, false])(
      'has the settling time before the first weight, and between the Services and the route: adopted %s',
      async (adopted) => {
        const { moves, shop, readyMs } = await start(true, adopted);
        await shop.setWeight(50);
        expect(last(moves, 'httproutes').atMs - readyMs).toBeGreaterThan(settleMs - 1_000);
        const firstMs = Date.now();
        await shop.setWeight(100);
        expect(last(moves, 'httproutes').atMs - firstMs).toBeGreaterThan(settleMs - 200);
        await shop.promote();
        await shop.complete();
        await shop.settle();
        const services = last(moves, 'services');
        expect(last(moves, 'httproutes').atMs - services.atMs).toBeGreaterThanOrEqual(settleMs);
        await shop.releaseService();
      },
    );

    test('has it before a route goes back to Services that have only just moved', async () => {
      const { moves, shop } = await start(true, false);
      await shop.setWeight(100);
      await shop.promote();
      await shop.revert();
      await shop.complete();
      await shop.settle();
      const services = last(moves, 'services');
      expect(last(moves, 'httproutes').atMs - services.atMs).toBeGreaterThanOrEqual(settleMs);
      await shop.releaseService();
    });

    test('keeps the canary beside the new pods of stable for that time, without a router', async () => {
      const { moves, shop } = await start(false, false);
      await shop.setWeight(100);
      await shop.promote();
      await shop.complete();
      const beforeMs = moves.length;
      await shop.settle();
      const services = moves.slice(beforeMs).map(({ atMs }) => atMs);
      expect(services).toHaveLength(2);
      expect(services[1]! - services[0]!).toBeGreaterThanOrEqual(settleMs);
      await shop.releaseService();
    });

    test('never makes an undo wait: a weight of 0 comes at once', async () => {
      const { moves, shop } = await start(true, true);
      await shop.setWeight(50);
      const askedMs = Date.now();
      await shop.setWeight(0);
      expect(last(moves, 'httproutes').atMs - askedMs).toBeLessThan(settleMs);
      await shop.removeCanary();
      await shop.releaseService();
    });
  },
);

describeOnCluster('a headless Service that leads to pods that are not ready', [], () => {
  let api: OwnedClusterApi;
  beforeAll(async () => {
    api = await openCluster();
  });
  afterAll(() => api.close());

  test('does not keep an undo waiting', async () => {
    const namespace = await newNamespace('headless');
    await startShop(namespace, { version: 'v1', replicas: 0 });
    const container = { ...plainShop, env: [{ name: 'UNREADY', value: '1' }] };
    const template = { spec: { containers: [container] } };
    const metadata = { namespace, name: 'shop' };
    const spec = { replicas: 1, template };
    await mergeAsSomeone({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
    await applyObject({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name: 'peers' },
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: { app: 'shop' } },
    });
    const shop = new ShopRollout(api, namespace, { proxySettleMs: 50 });
    await eventually(async () => {
      expect((await shop.state()).stable?.replicas).toHaveLength(1);
    });
    await shop.claim();
    await shop.apply('v2', 50);
    await shop.setWeight(0);
    await shop.removeCanary();
    await shop.releaseService();
    expect((await shop.state()).canary).toBeUndefined();
  });
});
