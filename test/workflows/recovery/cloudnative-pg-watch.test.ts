import { describe, expect, it } from 'vitest';
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

  it('still tells them of two servers that take writes when the Cluster is written', async () => {
    const run = await databases.start('databaseWatch', nodes, plan());
    await run.until(({ now }) => now.startsWith('Watching shop-1'));
    cluster.instance('shop-2').server = { isPrimary: true, lsn: '0/6000060' };
    // Something else makes it ask servers before the ten minutes are over.
    cluster.annotations = { 'cnpg.io/fencedInstances': '["*"]' };
    await run.until(({ phase, now }) => phase === 'down' && now.includes('is fenced'));
    cluster.annotations = {};
    await run.until(({ now }) => now === 'shop-2 takes writes, too');
    let examined = 0;
    cluster.beforeExamined = () => (examined += 1);
    cluster.write({ readyInstances: 2 });
    await expect.poll(() => examined, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(await run.status()).toMatchObject({ phase: 'down', now: 'shop-2 takes writes, too' });
    delete cluster.instance('shop-2').server;
    cluster.write({ readyInstances: 3 });
    const { phase } = await run.until(({ now }) => now.startsWith('shop-2 may still take writes'));
    expect(phase).toBe('down');
    cluster.instance('shop-2').server = { isPrimary: false, lsn: '0/6000060', streams: true };
    cluster.write({ readyInstances: 2 });
    await run.until(({ phase }) => phase === 'working');
    await run.send('abort');
    await run.report();
  });

  it('asks less often where much time may pass before people are told', async () => {
    const run = await databases.start('databaseWatch', nodes, plan({ confirmFor: '10m' }));
    await run.until(({ now }) => now.startsWith('Watching shop-1'));
    cluster.missingRights.add('get clusters');
    cluster.readWrite = [];
    await run.until(({ now }) => now.includes('may not get clusters'));
    await databases.env.sleep('12m');
    await run.send('abort');
    await run.report();
    // Temporal suggests to continue as new at 4,096.
    const { events } = await run.handle.fetchHistory();
    expect(events?.length).toBeLessThan(2_000);
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
