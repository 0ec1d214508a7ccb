import { describe, expect, it } from 'vitest';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const start = (kind: 'switchover' | 'rejoin', more: object = {}) =>
  databases.start(kind, nodes, { kind, plan: databases.plan(nodes), ...more });

describe('a switchover', () => {
  it('shuts the primary down, waits for the end of its log, and loses nothing', async () => {
    const report = await (await start('switchover', { to: 'db-3' })).report();
    expect(report).toMatchObject({
      outcome: 'SwitchedOver',
      reason: expect.stringMatching(/^db-3 took over from db-1; .*; nothing was lost$/) as string,
    });
    expect(nodes.acts).toEqual([
      ...['prepareToLead db-1', 'fenceNode db-1', 'awaitReplay db-3', 'promoteNode db-3'],
      ...['proveWrites db-3', 'prepareToLead db-3', 'followNode db-2', 'rejoinNode db-1'],
      'proveArchiving db-3',
    ]);
  });

  it('takes the former primary back before it proves writes that would wait for it', async () => {
    Object.assign(nodes.node('db-3'), { synchronousStandbys: 'ANY 2 (*)' });
    const report = await (await start('switchover', { to: 'db-3' })).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(nodes.acts.slice(3)).toEqual([
      ...['promoteNode db-3', 'prepareToLead db-3', 'followNode db-2', 'rejoinNode db-1'],
      ...['proveWrites db-3', 'proveArchiving db-3'],
    ]);
  });

  it('starts the primary again where the standby does not catch up in time', async () => {
    nodes.script('awaitReplay', 'db-2', refused('0/4000000 after 30s'));
    const report = await (await start('switchover')).report();
    expect(report).toMatchObject({ outcome: 'Failed', reason: '0/4000000 after 30s' });
    expect(nodes.acts.slice(-1)).toEqual(['unfenceNode db-1']);
    expect(nodes.node('db-1').state).toBe('primary');
  });

  it('is undone where the primary had to be killed: that could lose something', async () => {
    nodes.script('fenceNode', 'db-1', () => ({
      ...{ agent: 'db-1', cluster: 'main', systemIdentifier: '7301', timeline: 1 },
      ...{ lsn: '0/5000000', how: 'killed', by: 'db-1', atMs: 0, seen: [] },
    }));
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('Failed');
    expect(nodes.acts.slice(1)).toEqual(['fenceNode db-1', 'unfenceNode db-1']);
  });

  it('is refused where the standby does not stream, or the primary is down', async () => {
    Object.assign(nodes.node('db-2'), { connected: false });
    expect(await (await start('switchover', { to: 'db-2' })).refusal()).toContain(
      'db-2 does not stream from db-1: rejoin it first',
    );
    nodes.kill('db-1');
    expect(await (await start('switchover')).refusal()).toContain('use a failover');
    expect(nodes.acts).toEqual([]);
  });
});

describe('a node that is rejoined', () => {
  it('streams from the primary again', async () => {
    Object.assign(nodes.node('db-2'), { state: 'fenced', connected: false });
    const report = await (await start('rejoin', { node: 'db-2' })).report();
    expect(report).toMatchObject({ outcome: 'Rejoined', reason: 'db-2 streams from db-1' });
    expect(nodes.acts).toEqual(['prepareToLead db-1', 'rejoinNode db-2']);
  });

  it('is neither the primary, nor a standby that follows, nor of another cluster', async () => {
    expect(await (await start('rejoin', { node: 'db-1' })).refusal()).toBe('db-1 is the primary');
    expect(await (await start('rejoin', { node: 'db-2' })).refusal()).toContain('and follows');
    Object.assign(nodes.node('db-3'), { state: 'stopped', systemIdentifier: '9' });
    Object.assign(nodes.node('db-3'), { connected: false });
    expect(await (await start('rejoin', { node: 'db-3' })).refusal()).toContain('another cluster');
    expect(nodes.acts).toEqual([]);
  });
});
