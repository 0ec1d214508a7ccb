import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import type { ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import type { ScriptedPostgresCluster } from '../../fixtures/scripted-postgres-cluster.ts';
import { longestStartMs } from '../../fixtures/scripted-rollouts.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;
let cluster: ScriptedPostgresCluster;

beforeAll(async () => {
  databases = await ScriptedDatabases.start();
}, longestStartMs);

afterAll(() => databases.stop());

beforeEach(async () => {
  nodes = await databases.nodes();
  ({ cluster } = nodes);
});

const plan = (more: object = {}) => databases.operatedPlan(nodes, { confirmFor: '1s', ...more });
const start = (kind: 'failover' | 'switchover', more: object = {}, planned = {}) =>
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
  });
});

describe('a failover of a database that CloudNativePG is in charge of', () => {
  it('waits for the operator first, and proves what it did by itself', async () => {
    cluster.lose('shop-1');
    const run = await start('failover');
    await run.until(({ steps }) => steps.some(({ name }) => name.startsWith('see whether')));
    cluster.write({ targetPrimary: 'pending', phase: 'Failing over' });
    cluster.promote('shop-3');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'shop-3' } });
    expect(report.notes.join()).toContain('The operator failed over by itself');
    expect(cluster.patches).toEqual([]);
  });

  it('asks the operator once it does not, after a person has approved the loss', async () => {
    cluster.lose('shop-1');
    const run = await start('failover', { to: 'shop-3' });
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toContain('of making shop-3 the primary');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'shop-3' } });
    expect(targets()).toEqual(['shop-3']);
  });

  it('needs no approval where every commit waited for one of those that answer', async () => {
    cluster.lose('shop-1');
    cluster.spec = { ...cluster.spec, postgresql: { synchronous: { method: 'any', number: 1 } } };
    const report = await (await start('failover')).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { loss: { bytes: 0 } } });
  });

  it('asks a person after all where one of those does not answer any more', async () => {
    cluster.lose('shop-1');
    cluster.spec = { ...cluster.spec, postgresql: { synchronous: { method: 'any', number: 1 } } };
    let examined = 0;
    cluster.beforeExamined = () => {
      examined += 1;
      if (examined === 3) delete cluster.instance('shop-3').server;
    };
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver', details: { to: 'shop-2' } });
  });

  it('never asks amid the failover of the operator, however long that takes', async () => {
    cluster.lose('shop-1');
    cluster.write({ targetPrimary: 'pending', phase: 'Failing over' });
    const run = await start('failover');
    await databases.env.sleep('7m');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('the operator has not chosen by whom');
    await run.send('retry');
    cluster.promote('shop-2');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'shop-2' } });
    expect(cluster.patches).toEqual([]);
  });

  it('asks for nothing where the operator failed over while a person was asked', async () => {
    cluster.lose('shop-1');
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    cluster.promote('shop-3');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'shop-3' } });
    expect(cluster.patches).toEqual([]);
  });

  it('fails where the primary is ready again, and is refused while it is', async () => {
    expect(await (await start('failover')).refusal()).toContain('use a switchover');
    expect(await (await start('failover', { evenIfUp: true })).refusal()).toContain('evenIfUp');
    cluster.lose('shop-1');
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    cluster.instance('shop-1').isReady = true;
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('shop-1 is the primary, and ready');
    expect(cluster.patches).toEqual([]);
  });
});

describe('a watch of a database that CloudNativePG is in charge of', () => {
  it('never fails over, and tells people once that the operator did', async () => {
    const run = await databases.start('databaseWatch', nodes, plan());
    await run.until(({ now }) => now.startsWith('Watching shop-1'));
    cluster.promote('shop-2');
    await run.until(({ now }) => now.startsWith('Watching shop-2'));
    await run.send('abort');
    expect((await run.report()).outcome).toBe('Stopped');
    const titles = nodes.notifications.map(({ title }) => title);
    expect(titles.filter((title) => title.startsWith('CloudNativePG'))).toEqual([
      'CloudNativePG failed over from shop-1 to shop-2',
    ]);
    expect(cluster.patches).toEqual([]);
  });

  it('tells people of a fenced primary, although the operator calls the Cluster healthy', async () => {
    const run = await databases.start('databaseWatch', nodes, plan());
    await run.until(({ now }) => now.startsWith('Watching shop-1'));
    cluster.annotations = { 'cnpg.io/fencedInstances': '["*"]' };
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('shop-1, the primary, is fenced: lift that with');
    cluster.annotations = {};
    await run.until(({ phase }) => phase === 'working');
    await run.send('abort');
    await run.report();
    expect(nodes.notifications.map(({ event }) => event)).toContain('stuck');
  });

  it('tells people once clients have been led nowhere for confirmFor, or nothing can be read', async () => {
    const run = await databases.start('databaseWatch', nodes, plan());
    await run.until(({ now }) => now.startsWith('Watching shop-1'));
    cluster.lose('shop-1');
    await run.until(({ now, phase }) => phase === 'down' && now.includes('nowhere'));
    cluster.missingRights.add('get clusters');
    await run.until(({ now }) => now.includes('may not get clusters'));
    await run.send('abort');
    expect((await run.report()).outcome).toBe('Stopped');
  });
});
