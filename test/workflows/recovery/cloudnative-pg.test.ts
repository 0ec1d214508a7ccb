import { describe, expect, it } from 'vitest';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import type { ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import type { ScriptedPostgresCluster } from '../../fixtures/scripted-postgres-cluster.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;
let cluster: ScriptedPostgresCluster;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
  ({ cluster } = nodes);
});

const plan = (more: object = {}) => databases.operatedPlan(nodes, { confirmFor: '1s', ...more });
const start = (kind: 'switchover', more: object = {}, planned = {}) =>
  databases.start(kind, nodes, { kind, plan: plan(planned), ...more });
const targets = () =>
  cluster.patches.map(
    (patch) => (patch as { status: { targetPrimary: string } }).status.targetPrimary,
  );

describe('a switchover of a database that CloudNativePG is in charge of', () => {
  it('asks the operator, and proves by the Service and the server what it did', async () => {
    const report = await (await start('switchover', { to: 'shop-3' })).report();
    expect(report).toMatchObject({
      outcome: 'SwitchedOver',
      details: { from: 'shop-1', to: 'shop-3', streaming: ['shop-1', 'shop-2'] },
    });
    expect(targets()).toEqual(['shop-3']);
    expect(nodes.permits).toHaveLength(1);
    const { times = {} } = report.details as unknown as DatabaseDetails;
    const { promotedAtMs = 0, redundancyBackAtMs = Infinity } = times;
    expect(redundancyBackAtMs - promotedAtMs).toBeLessThan(10_000);
    const proof = report.steps?.find(({ name }) => name === 'prove that shop-3 serves');
    expect(proof?.evidence.map(({ value }) => value)).toEqual([
      expect.stringContaining('shop-rw leads to shop-3'),
      expect.stringContaining('timeline 2, primary at 0/6000060'),
    ]);
  });

  it('says what it would do, and does nothing', async () => {
    const report = await (await start('switchover', { dryRun: true })).report();
    expect(report).toMatchObject({ outcome: 'Planned' });
    expect(report.reason).toContain('asked to make shop-2 the primary');
    expect([cluster.patches, nodes.permits]).toEqual([[], []]);
  });

  it('is refused with every reason before anything is asked', async () => {
    cluster.annotations = { 'cnpg.io/fencedInstances': '["shop-2"]' };
    cluster.write({ phase: 'Invalid cluster definition' });
    const why = await (await start('switchover', { to: 'shop-2' })).refusal();
    expect(why).toContain('"Invalid cluster definition": mend the spec');
    expect(why).toContain('shop-2 is fenced');
    cluster.versions = [];
    cluster.missingRights.add('patch clusters/status');
    const other = await (await start('switchover')).refusal();
    expect(other).toContain('not installed');
    expect(other).toContain('may not patch clusters.postgresql.cnpg.io/status');
    expect([cluster.patches, nodes.permits]).toEqual([[], []]);
  });

  it('judges the Cluster once more where somebody else has written it, and asks as before', async () => {
    cluster.beforePatch = () => {
      cluster.beforePatch = () => undefined;
      cluster.write({});
    };
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(targets()).toEqual(['shop-2']);
  });

  it('asks for nothing where the operator began a change of its own just before', async () => {
    cluster.beforePatch = () => cluster.write({ targetPrimary: 'pending', phase: 'Failing over' });
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('target pending');
    expect(cluster.patches).toEqual([]);
  });

  it('believes no patch that was accepted: nothing came of it', async () => {
    cluster.onTarget = () => cluster.write({ targetPrimary: 'shop-1' });
    const report = await (await start('switchover', {}, { shutdownWithin: '1s' })).report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('shop-1 is still the primary');
  });

  it('is Incomplete where the operator chose another instance than the one asked for', async () => {
    cluster.onTarget = () => cluster.promote('shop-3');
    const report = await (await start('switchover', { to: 'shop-2' })).report();
    expect(report).toMatchObject({ outcome: 'Incomplete', details: { to: 'shop-3' } });
    expect(report.reason).toContain('the operator chose shop-3');
  });

  it('is held for a person who is told what does not end, and goes on once it has', async () => {
    cluster.onTarget = (to) =>
      cluster.write({ targetPrimary: to, phase: 'Unable to create required cluster objects' });
    const run = await start('switchover');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('does not end by itself: see the log of the operator');
    cluster.promote('shop-2');
    await run.send('retry');
    expect((await run.report()).outcome).toBe('SwitchedOver');
    expect(targets()).toEqual(['shop-2']);
  });

  it('is held for a person where the former primary takes its time, and undoes nothing', async () => {
    cluster.onTarget = () => undefined;
    const run = await start('switchover', {}, { shutdownWithin: '1s' });
    await databases.env.sleep('2m');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('shop-2 takes over from shop-1, which has 1h to shut down');
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Incomplete');
    expect(targets()).toEqual(['shop-2']);
  });

  it('is not proven while the Service leads clients elsewhere', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      cluster.readWrite = ['shop-1', 'shop-2'];
    };
    const run = await start('switchover');
    await run.until(({ steps }) => steps.some(({ name }) => name === 'prove that shop-2 serves'));
    await databases.env.sleep('2m');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('Service shop-rw leads clients to shop-1, shop-2');
    cluster.readWrite = ['shop-2'];
    await run.send('retry');
    expect((await run.report()).outcome).toBe('SwitchedOver');
  });

  it('is not proven while the server itself says that it is a standby', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      Object.assign(cluster.instance(to).server ?? {}, { isPrimary: false });
    };
    const run = await start('switchover');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('the server of shop-2 is still a standby');
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Incomplete');
  });

  it('is not proven by what was seen before: the pod of the new primary is gone by now', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      // It is examined twice before, and this is the look at its server.
      cluster.beforeExamined = () => {
        cluster.beforeExamined = () => undefined;
        cluster.readWrite = [];
        delete cluster.instance(to).server;
      };
    };
    const run = await start('switchover');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('Service shop-rw leads clients nowhere');
    await run.send('retry');
    await databases.env.sleep('2m');
    await run.until(({ phase, now }) => phase === 'stuck' && now.includes('nowhere'));
    cluster.readWrite = ['shop-2'];
    cluster.instance('shop-2').server = { isPrimary: true, lsn: '0/6000060' };
    await run.send('retry');
    expect((await run.report()).outcome).toBe('SwitchedOver');
  });

  it('is not proven while the server does not answer', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      delete cluster.instance(to).server;
    };
    const run = await start('switchover');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('the server of shop-2 was not reached: the cluster did not ask it: 502');
    cluster.instance('shop-2').server = { isPrimary: true, lsn: '0/6000060' };
    await run.send('retry');
    expect((await run.report()).outcome).toBe('SwitchedOver');
  });

  it('is not proven where the Cluster cannot be read any more, and says why', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      cluster.missingRights.add('list pods');
    };
    const run = await start('switchover');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('may not list pods in namespace shop');
    cluster.missingRights.clear();
    await run.send('retry');
    expect((await run.report()).outcome).toBe('SwitchedOver');
  });

  it('says what the API server said last where Temporal gave up between two attempts', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      cluster.beforeExamined = () => {
        throw new PartError('unavailable', 'etcdserver: no leader');
      };
    };
    const run = await start('switchover');
    await run.until(({ steps }) => steps.some(({ name }) => name === 'prove that shop-2 serves'));
    await databases.env.sleep('5m');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('Failed to prove that shop-2 serves: etcdserver: no leader');
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Incomplete');
  });

  it('counts no standby whose server does not answer', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      delete cluster.instance('shop-1').server;
    };
    const report = await (await start('switchover', { to: 'shop-2' })).report();
    expect(report).toMatchObject({
      outcome: 'SwitchedOver',
      details: { streaming: ['shop-3'] },
    });
    const { times = {} } = report.details as unknown as DatabaseDetails;
    expect(times.redundancyBackAtMs).toBeUndefined();
  });

  it('is refused where the server of the one that is to take over does not answer', async () => {
    delete cluster.instance('shop-2').server;
    expect(await (await start('switchover', { to: 'shop-2' })).refusal()).toContain(
      'the server of shop-2 was not reached',
    );
    expect(cluster.patches).toEqual([]);
  });

  it('is over where a standby does not come back, and says so', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      cluster.instance('shop-1').isReady = false;
    };
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(report.notes.join()).toContain('1 of 2 standbys stream from shop-2');
  });

  it('goes by the Cluster and the Service where no server may be asked, and says so', async () => {
    cluster.missingRights.add('get pods/proxy');
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(report.notes.join('\n')).toContain('the server of shop-2 was not asked');
    expect(report.notes.join('\n')).toContain(
      'shop-1 may still take writes: its server was not asked',
    );
  });

  it('says that nobody asked the server of the former primary where its pod is gone', async () => {
    cluster.onTarget = (to) => {
      cluster.promote(to);
      cluster.instances.delete('shop-1');
    };
    const report = await (await start('switchover', { to: 'shop-2' })).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(report.notes.join('\n')).toContain(
      'shop-1 may still take writes: its server was not asked',
    );
  });
});
