import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
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
    Object.assign(nodes.node('db-1'), { synchronousStandbys: 'ANY 1 (db-2, db-3)' });
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

  describe('and whose host is lost', () => {
    /** What the failover asks the host, from its first question on, until its successor is promoted. */
    const askedOfHost = (lostAt: number) => {
      const since = nodes.calls.slice(lostAt);
      const asked = since.slice(since.findIndex((call) => call.startsWith('examineNode')));
      const promotedAt = asked.indexOf('promoteNode db-2');
      return asked
        .slice(0, promotedAt < 0 ? undefined : promotedAt)
        .filter((call) => call.endsWith(' db-1') && !call.startsWith('watchNode'));
    };
    const lost = async (more: object = {}) => {
      Object.assign(nodes.node('db-1'), { synchronousStandbys: 'ANY 1 (db-2, db-3)' });
      const run = await watch({ ...leased, ...more });
      await run.until(() => nodes.heartbeats > 10);
      const lostAt = nodes.calls.length;
      nodes.lose('db-1');
      await eventually(async () => expect(nodes.reports).toHaveLength(1), 60_000);
      const [report] = nodes.reports;
      await databases.endFence(nodes, 'db-1');
      await stopped(run);
      return { lostAt, report };
    };
    const evidenceOf = (report: RunReport | undefined, name: string) =>
      report?.steps?.find((step) => step.name === name)?.evidence;

    // A machine that takes 5 s from the look to the failover has it ask again, as it should.
    const quickly = { retry: 3 };

    it(
      'does not wait for its agent, and does not confirm again what everybody has agreed on',
      quickly,
      async () => {
        const { lostAt, report } = await lost();
        expect(report).toMatchObject({ outcome: 'FailedOver', people: [] });
        expect(askedOfHost(lostAt)).toEqual([]);
        expect(evidenceOf(report, 'confirm that db-1 is down')).toMatchObject([
          { what: 'down', source: 'the watch' },
        ]);
        expect(evidenceOf(report, 'fence db-1')).toMatchObject([
          { what: 'not fenced by its host', value: expect.stringContaining('was not asked') },
          { what: 'lease-expired' },
        ]);
      },
    );

    it('asks its agent for the fence where commits wait for nobody: only it can say what is lost', async () => {
      const run = await watch(leased);
      await run.until(() => nodes.heartbeats > 10);
      const lostAt = nodes.calls.length;
      nodes.lose('db-1');
      await run.until(() => nodes.notifications.some(({ event }) => event === 'approval-needed'));
      expect(askedOfHost(lostAt)).toEqual(['fenceNode db-1']);
      await databases.childOf(nodes, 'failover').handle.terminate();
      await stopped(run);
    });

    it('relies on its lease no more where the host has answered since: the server may have been started again', async () => {
      // Nobody has news of it before its lease has run out.
      const host = { isBack: false };
      const untilBack = async () => {
        while (!host.isBack) await nodes.untilChanged();
        return { by: 'db-2', view: 'silent', detail: 'silent', forMs: 0 };
      };
      nodes.script('watchNode', 'db-2', untilBack).script('watchNode', 'db-3', untilBack);
      nodes.belayView = 'accepting';
      const run = await watch(leased);
      await run.until(() => nodes.heartbeats > 10 && nodes.calls.includes('watchServer belay'));
      nodes.lose('db-1');
      // Its watch has seen no change by then, and looks see what there is.
      await setImmediate();
      nodes.belayView = undefined;
      nodes.script('observeNode', 'db-2', () => {
        host.isBack = true;
        nodes.bringBack('db-1');
        Object.assign(nodes.node('db-1'), { state: 'fenced', view: 'refused', hostView: 'ended' });
        return { by: 'db-2', view: 'refused', detail: 'nobody listens', forMs: 0 };
      });
      await eventually(async () => expect(nodes.reports).toHaveLength(1), 60_000);
      const [report] = nodes.reports;
      expect((report?.spec as { seen: object }).seen).not.toHaveProperty('leaseOverAtMs');
      expect((report?.details as DatabaseDetails).fence).toMatchObject({ how: 'killed' });
      await stopped(run);
    });

    it('looks again, and asks its agent to fence it, where the failover comes to that late', async () => {
      // Its first attempt counts as lost after 5 s, and the second one is answered.
      nodes.script('examineRoute', 'a', () => sleep(6_000));
      const { lostAt, report } = await lost(databases.routes(nodes));
      expect(report).toMatchObject({ outcome: 'FailedOver', people: [] });
      expect(askedOfHost(lostAt)).toEqual(['observeNode db-1', 'fenceNode db-1']);
      expect(evidenceOf(report, 'confirm that db-1 is down')?.[0]?.source).toContain('db-2');
    });
  });

  it('does not believe a look that reached it before its lease had run out', async () => {
    Object.assign(nodes.node('db-1'), { synchronousStandbys: 'ANY 1 (db-2, db-3)' });
    const run = await watch(leased);
    await run.until(() => nodes.heartbeats > 10);
    const reached = { by: 'db-2', view: 'accepting', detail: 'it answers', forMs: 0 };
    nodes.lose('db-1');
    nodes.script('observeNode', 'db-2', () => reached);
    await eventually(async () => expect(nodes.reports).toHaveLength(1), 60_000);
    expect(nodes.reports[0]).toMatchObject({ outcome: 'FailedOver', people: [] });
    await stopped(run);
  });

  it('keeps the end of its lease where no agent answered first: nobody is asked once others do', async () => {
    Object.assign(nodes.node('db-1'), { synchronousStandbys: 'ANY 1 (db-2, db-3)' });
    const run = await watch(leased);
    await run.until(() => nodes.heartbeats > 10);
    for (const { name } of nodes.nodes) nodes.lose(name);
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('we may be the ones cut off');
    for (const name of ['db-2', 'db-3']) nodes.bringBack(name);
    await eventually(async () => expect(nodes.reports).toHaveLength(1), 60_000);
    const [report] = nodes.reports;
    expect(report).toMatchObject({ outcome: 'FailedOver', people: [] });
    expect((report?.details as DatabaseDetails).fence).toMatchObject({ how: 'lease-expired' });
    await databases.endFence(nodes, 'db-1');
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

  it('gives the end of the lease to the next failover where another one is under way', async () => {
    Object.assign(nodes.node('db-1'), { synchronousStandbys: 'ANY 1 (db-2, db-3)' });
    const run = await watch(leased);
    await run.until(() => nodes.heartbeats > 10);
    nodes.lose('db-1', { swallowsWatch: true });
    const failover = (more: object) =>
      databases.start('failover', nodes, {
        ...{ kind: 'failover', plan: databases.plan(nodes, more), from: 'db-1' },
      });
    // Nobody has written a lease into this plan.
    const first = await failover({ confirmFor: '1s' });
    await first.until(({ now }) => now.includes('that db-1 is off'));
    await run.until(({ now }) => now.includes('another recovery of this database is under way'));
    await first.send('abort');
    await first.until(({ phase }) => phase === 'undo-failed');
    await first.send('giveUp');
    await first.report();
    const report = await (await failover(leased)).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', people: [] });
    await databases.endFence(nodes, 'db-1');
    await stopped(run);
  });

  describe('and leaves the failover to others', () => {
    const asked = { ...leased, automatic: false };
    const lost = async (): Promise<ScriptedRun> => {
      Object.assign(nodes.node('db-1'), { synchronousStandbys: 'ANY 1 (db-2, db-3)' });
      const run = await watch(asked);
      await run.until(() => nodes.heartbeats > 10);
      nodes.lose('db-1', { swallowsWatch: true });
      await run.until(({ phase }) => phase === 'down');
      return run;
    };
    const plan = () => databases.plan(nodes, asked);

    it('gives the run about its region the end of the lease: nobody is asked', async () => {
      const witnesses = await databases.witnesses(nodes);
      const run = await lost();
      for (const { agent } of witnesses) nodes.probes.set(agent, { ok: false, detail: 'away' });
      const region = await databases.startRegion('regionFailover', nodes, {
        ...{ kind: 'regionFailover', environment: nodes.name, group: nodes.name },
        ...{ from: 'west', to: 'east', witnesses, confirmFor: '5s', automatic: true },
        databases: [{ plan: plan(), nodes: { west: 'db-1', east: 'db-2' } }],
      });
      expect(await region.report()).toMatchObject({ outcome: 'FailedOver', people: [] });
      const child = await databases.childOf(nodes, 'failover').report();
      expect(child).toMatchObject({ outcome: 'FailedOver', people: [] });
      const { fence, loss } = child.details as unknown as DatabaseDetails;
      expect(fence).toMatchObject({ how: 'lease-expired' });
      expect(loss).toMatchObject({ bytes: 0 });
      await databases.endFence(nodes, 'db-1');
      await stopped(run);
    });

    it('gives it to nobody once its host was back: the server may have been started again', async () => {
      const run = await lost();
      const back = { isSeen: false };
      nodes.bringBack('db-1');
      Object.assign(nodes.node('db-1'), { state: 'fenced', view: 'refused', hostView: 'ended' });
      nodes.script('watchNode', 'db-1', () => {
        back.isSeen = true;
        return { by: 'db-1', view: 'ended', detail: 'ended', forMs: 0 };
      });
      await run.until(() => back.isSeen);
      nodes.lose('db-1');
      const failover = await databases.start('failover', nodes, {
        ...{ kind: 'failover', plan: plan(), from: 'db-1' },
      });
      const { now } = await failover.until(({ phase }) => phase === 'awaiting-approval');
      expect(now).toContain('that db-1 is off');
      nodes.bringBack('db-1');
      await failover.send('abort', { by: 'ana' });
      await failover.report();
      await stopped(run);
    });
  });
});
