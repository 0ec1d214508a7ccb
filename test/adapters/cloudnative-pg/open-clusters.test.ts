import { beforeEach, describe, expect, it } from 'vitest';
import { openPostgresClusters } from '../../../src/adapters/cloudnative-pg/open-clusters.ts';
import type { PostgresClusters } from '../../../src/contracts/recovery/postgres-cluster.ts';
import { ScriptedPostgresCluster } from '../../fixtures/scripted-postgres-cluster.ts';

const address = { namespace: 'shop', cluster: 'shop' };
let cluster: ScriptedPostgresCluster;
let clusters: PostgresClusters;

beforeEach(() => {
  cluster = new ScriptedPostgresCluster();
  clusters = openPostgresClusters(cluster.api());
});

const factsOf = async () => {
  const { facts } = await clusters.examine(address);
  if (facts === undefined) throw new Error('nothing was read');
  return facts;
};

describe('what is read of a Cluster', () => {
  it('is what the operator, the pods and their servers say', async () => {
    expect(await clusters.examine(address)).toMatchObject({
      ...{ refusals: [], notes: [] },
      facts: {
        ...{ name: 'shop', resourceVersion: '100', operatorVersion: '1.30.1' },
        ...{ currentPrimary: 'shop-1', targetPrimary: 'shop-1', phase: 'Cluster in healthy state' },
        ...{ wanted: 3, ready: 3, timeline: 1, systemIdentifier: '7598131281368047651' },
        readWrite: { service: 'shop-rw', pods: ['shop-1'] },
        ...{ isUnreconciled: false, isHibernated: false, switchoverDelayMs: 3_600_000 },
        instances: [
          { name: 'shop-1', isReady: true, state: 'healthy', server: { isPrimary: true } },
          { name: 'shop-2', timeline: 1, server: { isPrimary: false, lsn: '0/6000060' } },
          { name: 'shop-3', isFenced: false, server: { streams: true } },
        ],
      },
    });
  });

  it('has no pod where the operator still calls an instance healthy', async () => {
    cluster.instance('shop-1').isReady = false;
    cluster.instances.delete('shop-2');
    const { instances } = await factsOf();
    expect(instances.map(({ isReady, state }) => `${isReady} ${state}`)).toEqual([
      ...['false healthy', 'false without a pod', 'true healthy'],
    ]);
  });

  it.each([
    ['["shop-2"]', [false, true, false]],
    ['["*"]', [true, true, true]],
    ['shop-2', [true, true, true]],
    ['[]', [false, false, false]],
  ])('has the instances fenced that %s names', async (written, fenced) => {
    cluster.annotations = { 'cnpg.io/fencedInstances': written };
    const { instances } = await factsOf();
    expect(instances.map(({ isFenced }) => isFenced)).toEqual(fenced);
  });

  it.each([
    [{ source: 'elsewhere', enabled: true }, 'elsewhere'],
    [{ source: 'elsewhere', enabled: false }, undefined],
    [{ source: 'elsewhere', primary: 'berlin' }, 'berlin'],
    [{ source: 'elsewhere', primary: 'shop' }, undefined],
    [{ source: 'elsewhere', primary: 'paris', self: 'paris' }, undefined],
  ])('follows another Cluster where its replica is %j: %s', async (replica, follows) => {
    cluster.spec = { ...cluster.spec, replica };
    expect((await factsOf()).follows).toBe(follows);
  });

  it('waits for standbys only where that is required', async () => {
    const synchronous = { method: 'any', number: 1 };
    cluster.spec = { ...cluster.spec, postgresql: { synchronous } };
    expect((await factsOf()).synchronous).toEqual({ number: 1, external: 0 });
    const preferred = { ...synchronous, dataDurability: 'preferred' };
    cluster.spec = { ...cluster.spec, postgresql: { synchronous: preferred } };
    expect((await factsOf()).synchronous).toBeUndefined();
  });

  it.each([
    ['on', { number: 1, external: 0 }],
    ['REMOTE_APPLY', { number: 1, external: 0 }],
    ['local', undefined],
    ['off', undefined],
  ])('waits for standbys where synchronous_commit is %s: %o', async (commit, expected) => {
    const parameters = { synchronous_commit: commit };
    const postgresql = { synchronous: { method: 'any', number: 1 }, parameters };
    cluster.spec = { ...cluster.spec, postgresql };
    expect((await factsOf()).synchronous).toEqual(expected);
  });

  it('waits for standbys that are no instances of it, too', async () => {
    const names = { standbyNamesPre: ['barman'], standbyNamesPost: ['archive', 'far-away'] };
    const synchronous = { method: 'any', number: 2, ...names };
    cluster.spec = { ...cluster.spec, postgresql: { synchronous } };
    expect((await factsOf()).synchronous).toEqual({ number: 2, external: 3 });
  });

  it('is nothing, and an error of nobody, where it has no status yet', async () => {
    cluster.status = {};
    cluster.spec = {};
    expect(await factsOf()).toMatchObject({ phase: '', ready: 0, wanted: 1, instances: [] });
  });

  it('goes on without servers that do not answer, and without the right to ask them', async () => {
    delete cluster.instance('shop-1').server;
    expect((await factsOf()).instances[0]?.whyNoServer).toContain('502');
    cluster.missingRights.add('get pods/proxy');
    const { facts, refusals, notes } = await clusters.examine(address);
    expect([refusals, facts?.instances[1]?.server]).toEqual([[], undefined]);
    expect(notes.join()).toContain('may not get pods/proxy in namespace shop');
  });
});

describe('what keeps it from being asked', () => {
  it('is named at once: every right, and the missing kind', async () => {
    cluster.versions = [];
    for (const right of ['get clusters', 'patch clusters/status', 'list endpointslices']) {
      cluster.missingRights.add(right);
    }
    const { refusals } = await clusters.examine(address);
    expect(refusals.join('\n')).toContain('CloudNativePG is not installed');
    for (const what of [
      'get clusters.postgresql.cnpg.io',
      'patch clusters.postgresql.cnpg.io/status',
      'list endpointslices.discovery.k8s.io',
    ]) {
      expect(refusals.join('\n')).toContain(`may not ${what} in namespace shop`);
    }
  });

  it('is a version that Belay does not know', async () => {
    cluster.versions = ['v2'];
    const { refusals } = await clusters.examine(address);
    expect(refusals).toEqual(['the cluster has postgresql.cnpg.io in v2, and Belay knows v1']);
  });

  it('is a Cluster that is not there', async () => {
    cluster.isThere = false;
    const { refusals } = await clusters.examine(address);
    expect(refusals).toEqual(['there is no Cluster shop in namespace shop']);
    await expect(clusters.look(address)).rejects.toThrow('any more');
  });
});

describe('a request for another primary', () => {
  const request = (resourceVersion: string) =>
    clusters.request({ ...address, from: 'shop-1', to: 'shop-2', resourceVersion });

  it('writes what `kubectl cnpg promote` writes', async () => {
    cluster.onTarget = () => undefined;
    expect(await request('100')).toMatchObject({ is: 'asked' });
    expect(cluster.patches).toEqual([
      {
        metadata: { resourceVersion: '100' },
        status: {
          ...{ targetPrimary: 'shop-2', phase: 'Switchover in progress' },
          phaseReason: 'Switching over to shop-2',
          targetPrimaryTimestamp: expect.stringMatching(/T\d\d:\d\d:\d\d[.]\d{6}Z$/) as string,
          conditions: [expect.objectContaining({ type: 'Ready', status: 'False' })],
        },
      },
    ]);
  });

  it('writes nothing where the Cluster was written since it was judged', async () => {
    cluster.write({});
    expect(await request('100')).toMatchObject({ is: 'changed' });
    cluster.beforePatch = () => cluster.write({});
    expect(await request('101')).toMatchObject({ is: 'changed' });
    expect(cluster.patches).toEqual([]);
  });

  it('is none the second time, also once it is done', async () => {
    cluster.onTarget = () => undefined;
    await request('100');
    expect(await request('100')).toMatchObject({ is: 'asked' });
    cluster.promote('shop-2');
    expect(await request('100')).toMatchObject({ is: 'asked' });
    expect(cluster.patches).toHaveLength(1);
  });

  it('was taken up where its answer was lost, and the next try finds it', async () => {
    cluster.beforePatch = () => {
      cluster.beforePatch = () => undefined;
      cluster.write({ targetPrimary: 'shop-2' });
    };
    expect(await request('100')).toMatchObject({ is: 'asked' });
    expect(cluster.patches).toEqual([]);
  });

  it('that comes after its switchover was taken back is refused', async () => {
    await request('100');
    cluster.promote('shop-1');
    expect(await request('100')).toMatchObject({ is: 'changed' });
    expect(cluster.patches).toHaveLength(1);
  });
});
