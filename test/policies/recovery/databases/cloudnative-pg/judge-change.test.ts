import { beforeEach, describe, expect, it } from 'vitest';
import { openPostgresClusters } from '../../../../../src/adapters/cloudnative-pg/open-clusters.ts';
import { chooseInstance } from '../../../../../src/policies/recovery/databases/cloudnative-pg/choose-instance.ts';
import { findStandbys } from '../../../../../src/policies/recovery/databases/cloudnative-pg/find-standbys.ts';
import { judgeProgress } from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-progress.ts';
import { predictClusterLoss } from '../../../../../src/policies/recovery/databases/cloudnative-pg/predict-cluster-loss.ts';
import {
  refuseChange,
  refuseInstance,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/refuse-change.ts';
import {
  judgeWatched,
  noteLeader,
  noteOtherWriters,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-watched.ts';
import { whyNotServed } from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-service.ts';
import { ScriptedPostgresCluster } from '../../../../fixtures/scripted-postgres-cluster.ts';

let cluster: ScriptedPostgresCluster;

beforeEach(() => {
  cluster = new ScriptedPostgresCluster();
});

const read = async () => {
  const clusters = openPostgresClusters(cluster.api());
  const { facts } = await clusters.examine({ namespace: 'shop', cluster: 'shop' });
  if (facts === undefined) throw new Error('nothing was read');
  return facts;
};

describe('how far a change of the primary is', () => {
  it.each([
    ['settled', {}],
    ['settled', { phase: 'Failing over' }],
    ['changing', { targetPrimary: 'shop-2', phase: 'Switchover in progress' }],
    ['changing', { targetPrimary: 'pending', phase: 'Failing over' }],
    ['changing', { currentPrimary: '', targetPrimary: '', phase: 'Setting up primary' }],
    ['blocked', { targetPrimary: 'shop-9', phase: 'Failing over' }],
    [
      'blocked',
      {
        targetPrimary: 'pending',
        phase: 'Cluster is unrecoverable and needs manual intervention',
      },
    ],
  ])('is %s where the operator writes %j', async (is, status) => {
    cluster.write(status);
    expect(judgeProgress(await read())).toMatchObject({ is });
  });

  it('is blocked by a fence of whom is to take over, and says how to lift it', async () => {
    cluster.write({ targetPrimary: 'shop-2' });
    cluster.annotations = { 'cnpg.io/fencedInstances': '["shop-2"]' };
    expect(judgeProgress(await read())).toEqual({
      is: 'blocked',
      why: 'shop-2 is to take over, and is fenced: lift that with `kubectl cnpg fencing off shop`',
    });
  });

  it('names what the operator waits for while it has not chosen', async () => {
    cluster.write({ targetPrimary: 'pending', phase: 'Failing over' });
    const progress = judgeProgress(await read());
    expect(progress).toMatchObject({ why: expect.stringContaining('quorum') as string });
  });
});

describe('a switchover is refused', () => {
  it('for nothing where all is well', async () => {
    const facts = await read();
    expect(refuseChange(facts, 'switchover')).toEqual([]);
    expect(chooseInstance(facts, 'switchover')).toEqual({ ok: true, to: 'shop-2' });
  });

  it('also where a supervised upgrade waits for just that, for nothing', async () => {
    cluster.write({ phase: 'Waiting for user action' });
    expect(refuseChange(await read(), 'switchover')).toEqual([]);
  });

  it('for every reason at once', async () => {
    cluster.annotations = {
      'cnpg.io/fencedInstances': '["shop-1"]',
      'cnpg.io/reconciliationLoop': 'disabled',
      'cnpg.io/hibernation': 'on',
    };
    cluster.spec = { ...cluster.spec, replica: { source: 'berlin', enabled: true } };
    cluster.write({ phase: 'Not enough disk space' });
    cluster.instance('shop-1').isReady = false;
    const reasons = refuseChange(await read(), 'switchover').join('\n');
    for (const reason of [
      'follows berlin',
      'cnpg.io/reconciliationLoop',
      'hibernated',
      'shop-1, the primary, is fenced',
      '"Not enough disk space": enlarge its volumes',
      'is not ready: use a failover',
    ]) {
      expect(reasons).toContain(reason);
    }
  });

  it('amid a change, and in a phase that nobody knows', async () => {
    cluster.write({ targetPrimary: 'shop-3', phase: 'Switchover in progress' });
    expect(refuseChange(await read(), 'switchover').join()).toContain('shop-3 takes over from');
    cluster.write({ targetPrimary: 'shop-1', phase: 'Levitating' });
    expect(refuseChange(await read(), 'switchover').join()).toContain('"Levitating"');
  });

  it('where the server of the primary does not answer, and not where it may not be asked', async () => {
    delete cluster.instance('shop-1').server;
    expect(refuseChange(await read(), 'switchover').join()).toContain('shop-1 was not reached');
    cluster.missingRights.add('get pods/proxy');
    const facts = await read();
    expect(refuseChange(facts, 'switchover')).toEqual([]);
    expect(chooseInstance(facts, 'switchover')).toEqual({ ok: true, to: 'shop-2' });
  });

  it('where the primary is no instance any more', async () => {
    cluster.write({ currentPrimary: 'shop-9', targetPrimary: 'shop-9' });
    expect(refuseChange(await read(), 'switchover')).toEqual([
      'shop-9, the primary, is no instance any more: use a failover',
    ]);
  });

  it('where two servers take writes', async () => {
    cluster.instance('shop-2').server = { isPrimary: true, lsn: '0/6000060' };
    expect(refuseChange(await read(), 'switchover').join()).toContain('shop-1, shop-2');
  });
});

describe('an instance is refused', () => {
  it.each([
    ['shop-9', () => undefined, 'is no instance of shop, which has shop-1, shop-2, shop-3'],
    ['shop-1', () => undefined, 'is the primary already'],
    ['shop-2', () => (cluster.instance('shop-2').isReady = false), 'is not ready'],
    ['shop-2', () => cluster.instances.delete('shop-2'), 'without a pod'],
    ['shop-2', () => (cluster.instance('shop-2').timeline = 2), 'is on timeline 2'],
    [
      'shop-2',
      () => (cluster.annotations = { 'cnpg.io/fencedInstances': '["shop-2"]' }),
      'is fenced',
    ],
    [
      'shop-2',
      () => Object.assign(cluster.instance('shop-2').server ?? {}, { streams: false }),
      'does not stream',
    ],
    [
      'shop-2',
      () => Object.assign(cluster.instance('shop-2').server ?? {}, { lsn: '0/1000000' }),
      '83886176 bytes behind',
    ],
    [
      'shop-2',
      () => Object.assign(cluster.instance('shop-2').server ?? {}, { replayPaused: true }),
      'has paused its replay',
    ],
    [
      'shop-2',
      () => delete cluster.instance('shop-2').server,
      'the server of shop-2 was not reached (the cluster did not ask it: 502)',
    ],
  ])('%s, where that is so: %s', async (name, given, reason) => {
    given();
    expect(refuseInstance(name, await read(), 'switchover').join()).toContain(reason);
  });

  it('and the one that has received most is taken where none is named', async () => {
    Object.assign(cluster.instance('shop-2').server ?? {}, { lsn: '0/6000000' });
    expect(chooseInstance(await read(), 'switchover')).toEqual({ ok: true, to: 'shop-3' });
    cluster.instance('shop-3').isReady = false;
    expect(chooseInstance(await read(), 'switchover')).toEqual({ ok: true, to: 'shop-2' });
    cluster.instance('shop-2').isReady = false;
    const none = chooseInstance(await read(), 'switchover');
    expect(none.ok ? [] : none.reasons).toHaveLength(2);
  });
});

describe('a failover', () => {
  it('is refused while the primary is ready, and not while the operator changes it', async () => {
    expect(refuseChange(await read(), 'failover').join()).toContain('use a switchover');
    cluster.write({ targetPrimary: 'pending' });
    expect(refuseChange(await read(), 'failover')).toEqual([]);
  });

  it('loses what nobody can say, unless enough of those answer for which commits waited', async () => {
    cluster.lose('shop-1');
    expect(predictClusterLoss('shop-2', await read()).bytes).toBeUndefined();
    const synchronous = { method: 'any', number: 1 };
    cluster.spec = { ...cluster.spec, postgresql: { synchronous } };
    expect(predictClusterLoss('shop-2', await read())).toMatchObject({ bytes: 0 });
    Object.assign(cluster.instance('shop-3').server ?? {}, { lsn: '0/6000100' });
    expect(predictClusterLoss('shop-2', await read()).bytes).toBeUndefined();
    expect(predictClusterLoss('shop-3', await read())).toMatchObject({ bytes: 0 });
    delete cluster.instance('shop-2').server;
    expect(predictClusterLoss('shop-3', await read()).bytes).toBeUndefined();
  });

  it('loses what nobody can say where a commit may have waited for no instance of the Cluster', async () => {
    cluster.lose('shop-1');
    const synchronous = { method: 'any', number: 1, standbyNamesPre: ['barman'] };
    cluster.spec = { ...cluster.spec, postgresql: { synchronous } };
    expect(predictClusterLoss('shop-2', await read()).bytes).toBeUndefined();
    cluster.spec = { ...cluster.spec, postgresql: { synchronous: { ...synchronous, number: 2 } } };
    expect(predictClusterLoss('shop-2', await read())).toMatchObject({ bytes: 0 });
  });

  it('loses what nobody can say while the primary still takes writes', async () => {
    cluster.spec = { ...cluster.spec, postgresql: { synchronous: { method: 'any', number: 1 } } };
    cluster.instance('shop-1').isReady = false;
    expect(predictClusterLoss('shop-2', await read())).toEqual({
      from: 'the server of shop-1 still takes writes',
    });
    delete cluster.instance('shop-1').server;
    expect(predictClusterLoss('shop-2', await read())).toEqual({
      from: 'shop-1 may still take writes: its log goes to shop-2, shop-3',
    });
  });
});

describe('the standbys that count', () => {
  it('are those that stream, or may not be asked', async () => {
    const names = async () => findStandbys(await read(), 'shop-1').map(({ name }) => name);
    expect(await names()).toEqual(['shop-2', 'shop-3']);
    delete cluster.instance('shop-2').server;
    expect(await names()).toEqual(['shop-3']);
    Object.assign(cluster.instance('shop-3').server ?? {}, { streams: false });
    expect(await names()).toEqual([]);
    cluster.missingRights.add('get pods/proxy');
    expect(await names()).toEqual(['shop-2', 'shop-3']);
  });
});

describe('what a watch says', () => {
  const led = { leader: 'shop-1', timeline: 1, systemIdentifier: '7598131281368047651' };

  it('is who leads, once the Service leads clients there', async () => {
    expect(judgeWatched(await read())).toEqual({ is: 'led', led });
    cluster.readWrite = [];
    expect(judgeWatched(await read())).toMatchObject({ is: 'unled', isAlarming: false });
    cluster.readWrite = ['shop-1', 'shop-2'];
    expect(whyNotServed(await read(), 'shop-1')).toContain('leads clients to shop-1, shop-2');
  });

  it('is an alarm where a primary is fenced, although the operator calls the Cluster healthy', async () => {
    cluster.annotations = { 'cnpg.io/fencedInstances': '["*"]' };
    expect(judgeWatched(await read())).toMatchObject({ is: 'unled', isAlarming: true });
  });

  it('is an alarm where two servers take writes', async () => {
    cluster.instance('shop-2').server = { isPrimary: true, lsn: '0/6000060' };
    expect(judgeWatched(await read())).toMatchObject({
      ...{ is: 'unled', isAlarming: true, why: 'shop-2 takes writes, too' },
    });
  });

  it('stays an alarm until the second server itself says that it takes none', async () => {
    const seen = async (before: string[]) => {
      const facts = await read();
      return { watched: judgeWatched(facts, before), next: noteOtherWriters(facts, before) };
    };
    cluster.instance('shop-2').server = { isPrimary: true, lsn: '0/6000060' };
    const { next } = await seen([]);
    expect(next).toEqual(['shop-2']);
    delete cluster.instance('shop-2').server;
    const silent = await seen(next);
    expect(silent.watched).toMatchObject({
      ...{ is: 'unled', isAlarming: true },
      why: expect.stringMatching(
        /^shop-2 may still take writes: its server was not reached \(.*502/,
      ) as string,
    });
    expect(silent.next).toEqual(['shop-2']);
    cluster.missingRights.add('get pods/proxy');
    expect((await seen(next)).watched).toMatchObject({
      why: 'shop-2 may still take writes: its server was not asked',
    });
    cluster.missingRights.clear();
    cluster.instance('shop-2').server = { isPrimary: false, lsn: '0/6000060', streams: true };
    expect(await seen(next)).toMatchObject({ watched: { is: 'led' }, next: [] });
  });

  it('tells a failover once, although its timeline is read later', () => {
    const next = { leader: 'shop-2', systemIdentifier: led.systemIdentifier };
    const first = noteLeader(led, next);
    expect(first.change?.title).toBe('CloudNativePG failed over from shop-1 to shop-2');
    const later = noteLeader(first.led, { ...next, timeline: 2 });
    expect(later).toEqual({ change: undefined, led: { ...next, timeline: 2 } });
    const again = noteLeader(later.led, { ...next, timeline: 3 });
    expect(again.change?.title).toBe('CloudNativePG promoted shop-2 again');
    expect(noteLeader(again.led, next).change).toBeUndefined();
    const back = noteLeader(again.led, { ...next, timeline: 2 });
    expect(back.change?.severity).toBe('critical');
  });
});
