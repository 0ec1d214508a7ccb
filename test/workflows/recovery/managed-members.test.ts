import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../fixtures/eventually.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { promote } from '../../fixtures/scripted-manager.ts';
import type { ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const plan = () => databases.plan(nodes, { manager: 'patroni', confirmFor: '1s' });
const start = (kind: 'rejoin', more: object = {}) =>
  databases.start(kind, nodes, { kind, plan: plan(), ...more });

describe('a member that is rejoined', () => {
  it('is copied anew by Patroni, and has to stream', async () => {
    Object.assign(nodes.node('db-2'), { state: 'stopped', connected: false });
    const report = await (await start('rejoin', { node: 'db-2' })).report();
    expect(report).toMatchObject({ outcome: 'Rejoined', reason: 'db-2 streams from db-1' });
    expect(nodes.acts).toEqual(['requestRejoin db-2']);
  });

  it('is left alone where it came to lead while the permit was awaited', async () => {
    Object.assign(nodes.node('db-2'), { connected: false });
    vi.spyOn(nodes.permits, 'push').mockImplementation(() => {
      promote(nodes, 'db-2');
      return 1;
    });
    const run = await start('rejoin', { node: 'db-2', method: 'start' });
    expect(await run.refusal()).toContain('db-2 leads');
    expect(nodes.acts).toEqual([]);
  });

  it('is waited for as long as Patroni copies it, and streams from whoever leads by then', async () => {
    nodes.script('requestRejoin', 'db-2', () => {
      nodes.managed.copying = ['db-2'];
      return { is: 'asked', said: '200' };
    });
    Object.assign(nodes.node('db-2'), { state: 'stopped', connected: false });
    const run = await start('rejoin', { node: 'db-2' });
    const begunAtMs = await databases.env.currentTimeMs();
    const isCopied = async () => (await databases.env.currentTimeMs()) - begunAtMs > 7_200_000;
    const report = run.report();
    await eventually(async () => expect(await isCopied()).toBe(true));
    promote(nodes, 'db-3');
    delete nodes.managed.copying;
    Object.assign(nodes.node('db-2'), { state: 'standby', connected: true });
    expect(await report).toMatchObject({ outcome: 'Rejoined', reason: 'db-2 streams from db-3' });
  });

  it('is left to Patroni where it does not stream for an hour', async () => {
    Object.assign(nodes.node('db-2'), { state: 'stopped', connected: false });
    nodes.script('requestRejoin', 'db-2', () => ({ is: 'asked', said: '200' }));
    const report = await (await start('rejoin', { node: 'db-2' })).report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toBe(
      'db-2 does not stream from db-1 yet: the manager shows it as stopped. See `patronictl list`',
    );
  });

  it('is not asked for in vain', async () => {
    expect(await (await start('rejoin', { node: 'db-2' })).refusal()).toContain('streams');
    expect(await (await start('rejoin', { node: 'db-1' })).refusal()).toContain('db-1 leads');
  });
});

describe('a watch of a database that Patroni is in charge of', () => {
  it('never fails over, and tells people that Patroni did, and of a timeline that went back', async () => {
    const run = await databases.start('databaseWatch', nodes, plan());
    await run.until(({ now }) => now.startsWith('Watching db-1'));
    promote(nodes, 'db-2');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    for (const node of nodes.nodes) node.timeline = 1;
    promote(nodes, 'db-3');
    for (const node of nodes.nodes) node.timeline = 1;
    await run.until(({ now }) => now.startsWith('Watching db-3'));
    await run.send('abort');
    expect((await run.report()).outcome).toBe('Stopped');
    const titles = nodes.notifications.map(({ title }) => title);
    expect(titles).toContain('Patroni failed over from db-1 to db-2');
    expect(titles).toContain('The timeline of db-3 went back');
    expect(nodes.acts).toEqual([]);
  });

  it('tells people at once that two servers take writes: a former leader whose Patroni hangs goes on', async () => {
    const patient = databases.plan(nodes, { manager: 'patroni', confirmFor: '1h' });
    const run = await databases.start('databaseWatch', nodes, patient);
    await run.until(({ now }) => now.startsWith('Watching db-1'));
    promote(nodes, 'db-2');
    Object.assign(nodes.node('db-1'), { state: 'primary', timeline: 1, connected: false });
    nodes.managed.leader = 'db-2';
    nodes.change();
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('db-1 and db-2 are both primaries: stop the one that is not meant');
    await run.until(() => nodes.notifications.some(({ event }) => event === 'stuck'));
    Object.assign(nodes.node('db-1'), { state: 'standby', timeline: 2, connected: true });
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    await run.send('abort');
    await run.report();
    expect(nodes.acts).toEqual([]);
  });

  it('tells people once nobody has led for confirmFor', async () => {
    const run = await databases.start('databaseWatch', nodes, plan());
    await run.until(({ now }) => now.startsWith('Watching db-1'));
    nodes.managed.leader = undefined;
    nodes.kill('db-1');
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('Nobody leads');
    await run.send('abort');
    await run.report();
    expect(nodes.notifications.map(({ event }) => event)).toContain('stuck');
  });
});
