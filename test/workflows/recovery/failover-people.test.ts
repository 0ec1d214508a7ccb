import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const start = (more: object = {}) =>
  databases.start('failover', nodes, { kind: 'failover', plan: databases.plan(nodes), ...more });

describe('a failover that waits for a person', () => {
  it('compares the standbys again after the approval of a loss: one that was away may have it all', async () => {
    nodes.kill('db-1');
    Object.assign(nodes.node('db-2'), { receivedLsn: '0/4FFFF00' });
    nodes.lose('db-3');
    const run = await start({ from: 'db-1' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    nodes.bringBack('db-3');
    await run.send('approve');
    const report = await run.report();
    expect(nodes.acts).toContain('promoteNode db-3');
    expect((report.details as unknown as DatabaseDetails).loss).toMatchObject({ bytes: 0 });
  });

  it('is the only recovery of its database for as long as it is open, also two hours later', async () => {
    nodes.kill('db-1');
    for (const name of ['db-2', 'db-3']) {
      Object.assign(nodes.node(name), { receivedLsn: '0/4FFFF00' });
    }
    const run = await start();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await databases.env.sleep('2h');
    const acts = [...nodes.acts];
    const plan = databases.plan(nodes);
    await expect(start()).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
    await expect(
      databases.start('switchover', nodes, { kind: 'switchover', plan }),
    ).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
    expect(nodes.acts).toEqual(acts);
    await run.send('approve');
    expect((await run.report()).outcome).toBe('FailedOver');
    expect(nodes.acts.filter((act) => act.startsWith('promoteNode'))).toEqual(['promoteNode db-2']);
  });

  it('asks again where more would be lost than was approved', async () => {
    nodes.kill('db-1');
    for (const name of ['db-2', 'db-3']) {
      Object.assign(nodes.node(name), { receivedLsn: '0/4FFFF00' });
    }
    const run = await start();
    await run.until(({ now }) => now.includes('promoting db-2: 256 bytes'));
    nodes.lose('db-2');
    Object.assign(nodes.node('db-3'), { receivedLsn: '0/4FFFE00' });
    await run.send('approve');
    await run.until(({ now }) => now.includes('promoting db-3: 512 bytes'));
    await run.send('approve');
    expect((await run.report()).outcome).toBe('FailedOver');
    expect(nodes.acts).toContain('promoteNode db-3');
  });

  it('looks at the primary again after a person has said that it is down: it may be back', async () => {
    nodes.freeze('db-1');
    nodes.script('observeNode', 'db-2', absent('db-2'));
    nodes.script('observeNode', 'db-3', absent('db-3'));
    const downSinceMs = (await databases.env.currentTimeMs()) - 60_000;
    const run = await start({ from: 'db-1', seen: { node: 'db-1', downSinceMs } });
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toContain('that db-1 is down');
    Object.assign(nodes.node('db-1'), { view: 'accepting', hostView: 'accepting' });
    await run.send('approve');
    const report = await run.report();
    expect(report.reason).toMatch(/^db-1 is up \(/);
    expect(nodes.acts).toEqual([]);
  });
});
