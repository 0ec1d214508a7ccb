import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import {
  annotations,
  heldLabels,
  labels,
  metadataPath,
} from '../../src/adapters/kubernetes/objects/names.ts';
import { formatRecord } from '../../src/adapters/kubernetes/objects/record.ts';
import { collectService } from '../../src/adapters/kubernetes/state/collect-service.ts';
import { refusals } from '../../src/adapters/kubernetes/state/refusals.ts';
import { serviceState } from '../../src/adapters/kubernetes/state/service-state.ts';
import { templateHashOf } from '../../src/adapters/kubernetes/state/template-revision.ts';
import { readTraffic } from '../../src/adapters/kubernetes/traffic/read-traffic.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import {
  applyObject,
  mergeAsSomeone,
  objectsOf,
  openClusterApi,
  plainShop,
  refIn,
} from '../fixtures/shop-objects-on-cluster.ts';
import { applyShop } from '../fixtures/shop.ts';
import { countersOf } from '../fixtures/counters-of.ts';

const besideV2 = {
  release: { version: 'v2', image: shopImage('v2') },
  way: 'beside' as const,
};

describeOnCluster('a service is read as it is', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;

  beforeAll(async () => {
    namespace = await newNamespace('state');
    api = await openClusterApi();
  });
  afterAll(() => api.close());

  const refTo = (service: string) => refIn(namespace, service);
  const read = async (ref: ServiceRef) => serviceState(await objectsOf(api, ref));
  const merge = (apiVersion: string, kind: string, name: string, body: { spec: object }) =>
    mergeAsSomeone({ apiVersion, kind, metadata: { namespace, name }, ...body });

  test('a healthy one: its replicas, their addresses and what they counted', async () => {
    await applyShop(namespace, { version: 'v1', replicas: 2 });
    const ref = refTo('shop');
    const state = await eventually(async () => {
      const found = await read(ref);
      expect(found.stable?.replicas.map(({ serving }) => serving)).toEqual([true, true]);
      return found;
    });
    expect(state).toMatchObject({
      revision: 1,
      stable: { release: { version: 'v1', image: shopImage('v1') }, wanted: 2 },
      canaryWeight: 0,
      kept: [],
      update: { kind: 'none', complete: true, updated: 2, wanted: 2 },
      drift: [],
    });
    expect(state.canary).toBeUndefined();
    expect(refusals(ref, await objectsOf(api, ref), besideV2)).toEqual([]);
    const urls = state.stable!.replicas.map(({ url }) => url!);
    for (const url of urls) expect((await fetch(url)).status).toBe(200);
    const traffic = await readTraffic(await objectsOf(api, ref), Date.now);
    expect(countersOf(traffic, 'stable')).toMatchObject({ requests: 2, errors: 0 });
    expect(countersOf(traffic, 'stable').latency.counts.at(-1)).toBe(2);
    for (const { since } of Object.values(traffic.sources)) {
      expect(since).toBeGreaterThan(Date.now() - 600_000);
    }
  });

  test('a newer release keeps the one before as a revision', async () => {
    await applyShop(namespace, { name: 'kept', version: 'v1', replicas: 1 });
    await applyShop(namespace, { name: 'kept', version: 'v2', replicas: 1 });
    const state = await read(refTo('kept'));
    expect(state).toMatchObject({ revision: 2, stable: { release: { version: 'v2' } } });
    expect(state.kept).toEqual([
      {
        revision: 1,
        release: { version: 'v1', revision: 1 },
        wanted: 1,
        replacedAtMs: expect.any(Number),
      },
    ]);
    expect(Math.abs(Date.now() - state.kept[0]!.replacedAtMs)).toBeLessThan(120_000);
  });

  test("someone else's update under way, and pods of others behind the Service", async () => {
    await applyShop(namespace, { name: 'busy', version: 'v1', replicas: 1 });
    await merge('apps/v1', 'Deployment', 'busy', {
      spec: {
        template: { spec: { containers: [{ ...plainShop, image: 'belay.test/shop:nope' }] } },
      },
    });
    await applyObject({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'stranger', labels: { app: 'busy' } },
      spec: { containers: [plainShop] },
    });
    const ref = refTo('busy');
    await eventually(async () => {
      const reasons = refusals(ref, await objectsOf(api, ref), besideV2);
      expect(reasons).toEqual([
        expect.stringMatching(
          /^an update of Deployment busy is under way: busy-\S+ still has pods/,
        ),
        expect.stringMatching(/^pods of other workloads are behind Service busy: stranger;/),
      ]);
    });
  });

  test('a Deployment that is not there', async () => {
    const ref = refTo('nobody');
    expect(await collectService(api, ref)).toBeUndefined();
    expect(refusals(ref, undefined, besideV2)[0]).toMatch(/apply it first/);
  });

  test('who unpinned a Service and resumed the Deployment under a rollout', async () => {
    await applyShop(namespace, { name: 'pinned', version: 'v1', replicas: 1 });
    const ref = refTo('pinned');
    const { stable } = await objectsOf(api, ref);
    const stableHash = templateHashOf(stable.replicaSets[0]!)!;
    const target = ref.target;
    const record = formatRecord({
      ...{
        format: 1,
        installation: 'here',
        workflowId: 'rollout/test/pinned',
        environment: 'test',
        service: 'pinned',
      },
      ...{ target, phase: 'claimed', paused: false, stableHash, weight: 0 },
    });
    await api.patch({ kind: 'deployments', namespace, name: 'pinned' }, [
      { op: 'add', path: metadataPath('annotations', annotations.rollout), value: record },
      { op: 'add', path: metadataPath('annotations', annotations.fence), value: 'r1 1' },
      { op: 'add', path: '/metadata/labels', value: heldLabels },
      { op: 'add', path: '/spec/paused', value: true },
    ]);
    await api.patch({ kind: 'services', namespace, name: 'pinned' }, [
      {
        op: 'add',
        path: '/metadata/annotations',
        value: { [annotations.before]: JSON.stringify({ app: 'pinned' }) },
      },
      { op: 'add', path: `/spec/selector/${labels.templateHash}`, value: stableHash },
    ]);
    expect(await read(ref)).toMatchObject({ drift: [], owner: { rolloutId: 'r1', step: 1 } });
    await merge('v1', 'Service', 'pinned', { spec: { selector: { [labels.templateHash]: null } } });
    await merge('apps/v1', 'Deployment', 'pinned', { spec: { paused: false } });
    await eventually(async () => {
      expect((await read(ref)).drift).toEqual([
        'spec.selector: Service pinned selects stable and canary, not stable alone; written by someone',
        expect.stringMatching(/^spec\.paused: Deployment pinned was resumed/),
      ]);
    });
  });

  test('a Deployment whose namespace is being deleted', async () => {
    const going = `${namespace}-going`;
    const core = theCluster().config().makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: going } } });
    await applyShop(going, { version: 'v1', replicas: 1 });
    const finalizers = (value: string[]) =>
      mergeAsSomeone({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace: going, name: 'shop', finalizers: value },
      });
    await finalizers(['belay.test/hold']);
    try {
      await core.deleteNamespace({ name: going });
      const ref = refIn(going, 'shop');
      await eventually(async () => {
        const reasons = refusals(ref, await objectsOf(api, ref), besideV2);
        expect(reasons[0]).toMatch(/^Deployment shop is being deleted/);
        expect((await read(ref)).stable?.trouble).toBe('Deployment shop is being deleted');
      });
    } finally {
      await finalizers([]);
    }
  });
});
