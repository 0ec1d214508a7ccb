import { describe, expect, it } from 'vitest';
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

const plan = () => databases.operatedPlan(nodes, { confirmFor: '1s' });
const start = (kind: 'failover', more: object = {}) =>
  databases.start(kind, nodes, { kind, plan: plan(), ...more });
const targets = () =>
  cluster.patches.map(
    (patch) => (patch as { status: { targetPrimary: string } }).status.targetPrimary,
  );

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
    expect(report.notes.join('\n')).toContain('shop-1 may still take writes: its server was not');
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
    expect((report.details as unknown as DatabaseDetails).loss).toBeUndefined();
    expect(report.reason).not.toContain('lost');
    expect(cluster.patches).toEqual([]);
  });

  it('is Incomplete where the operator failed over by itself to another instance', async () => {
    cluster.lose('shop-1');
    const run = await start('failover', { to: 'shop-2' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    cluster.promote('shop-3');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Incomplete', details: { to: 'shop-3' } });
    expect(report.reason).toContain('make shop-2 the primary: the operator chose shop-3');
  });

  it('asks a person where commits may have waited for what is no instance of the Cluster', async () => {
    cluster.lose('shop-1');
    const synchronous = { method: 'any', number: 1, standbyNamesPre: ['barman'] };
    cluster.spec = { ...cluster.spec, postgresql: { synchronous } };
    const run = await start('failover');
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toContain('nobody can say how much would be lost');
    await run.send('reject');
    expect((await run.report()).outcome).toBe('Aborted');
  });

  it('asks a person once where the primary is not ready, and its server still takes writes', async () => {
    cluster.instance('shop-1').isReady = false;
    cluster.spec = { ...cluster.spec, postgresql: { synchronous: { method: 'any', number: 1 } } };
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'shop-2' } });
    expect((report.details as unknown as DatabaseDetails).loss?.bytes).toBeUndefined();
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
