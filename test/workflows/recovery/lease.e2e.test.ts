import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { devServer } from '../../fixtures/temporal.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

/** A server that skips time keeps nothing of what the last heartbeat said. */
beforeAll(async () => {
  databases = await ScriptedDatabases.on(await devServer());
});

afterAll(() => databases.stop());

beforeEach(async () => {
  nodes = await databases.nodes();
});

const watch = async (more: object): Promise<ScriptedRun> => {
  const run = await databases.start('databaseWatch', nodes, databases.plan(nodes, more));
  await run.until(({ phase, now }) => phase === 'working' && now.startsWith('Watching db-1'));
  return run;
};

const stopped = async (run: ScriptedRun) => {
  await run.send('abort', { by: 'ana' });
  return run.report();
};

describe('the watch of a database whose plan has a lease', () => {
  const leased = { automatic: true, lease: '3s', confirmFor: '5s' };

  it('fails over from a host that is lost without a person, once its lease has run out', async () => {
    Object.assign(nodes.node('db-1'), { synchronousStandbys: '*' });
    const run = await watch(leased);
    await run.until(() => nodes.heartbeats > 10);
    nodes.lose('db-1');
    await run.until(() => nodes.acts.includes('proveWrites db-2'));
    await eventually(async () => expect(nodes.reports).toHaveLength(1), 60_000);
    const [report] = nodes.reports;
    expect(report).toMatchObject({ kind: 'failover', outcome: 'FailedOver', people: [] });
    const { fence, times } = report?.details as DatabaseDetails;
    expect(fence).toMatchObject({ how: 'lease-expired', agent: `${nodes.name}-db-1`, lsn: '' });
    const { seen } = report?.spec as { seen: { leaseOverAtMs: number } };
    expect(times?.promotedAtMs).toBeGreaterThanOrEqual(seen.leaseOverAtMs);
    expect(report?.notes.join()).toContain('db-1 is not a standby yet');
    await databases.endFence(nodes, 'db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    const { notes } = (await stopped(run)) as { notes: string[] };
    expect(notes.join()).toContain('The lease of db-1 has run out');
    expect(notes.join()).toContain('db-1 is not fenced yet: its host is away');
  });

  it('does not believe a look that reached it before its lease had run out', async () => {
    Object.assign(nodes.node('db-1'), { synchronousStandbys: '*' });
    const run = await watch(leased);
    await run.until(() => nodes.heartbeats > 10);
    const reached = { by: 'db-2', view: 'accepting', detail: 'it answers', forMs: 0 };
    nodes.lose('db-1');
    nodes.script('observeNode', 'db-2', () => reached);
    await eventually(async () => expect(nodes.reports).toHaveLength(1), 60_000);
    expect(nodes.reports[0]).toMatchObject({ outcome: 'FailedOver', people: [] });
    await stopped(run);
  });

  it('asks a person whether a host that is lost is off where its agent holds no lease', async () => {
    const answer = { isGiven: false };
    nodes.script('watchNode', 'db-1', () => {
      answer.isGiven = true;
      throw refused('agent db-1 does not know what a lease is');
    });
    const run = await watch(leased);
    await run.until(() => answer.isGiven);
    nodes.lose('db-1');
    await run.until(() => nodes.notifications.some(({ event }) => event === 'approval-needed'));
    expect(nodes.acts).not.toContain('promoteNode db-2');
    const { notes } = (await stopped(run)) as { notes: string[] };
    expect(notes.join()).toContain('agent db-1 does not know what a lease is');
  });
});
