import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const start = (kind: 'failover' | 'switchover', more: object = {}) => {
  const plan = databases.plan(nodes, { manager: 'patroni', confirmFor: '1s' });
  return databases.start(kind, nodes, { kind, plan, ...more });
};

const requests = () => nodes.acts.filter((act) => act.startsWith('requestLeader'));

describe('what was approved for one member', () => {
  let run: Awaited<ReturnType<typeof start>>;
  const untilAsked = (what: string) =>
    run.until(({ phase, now }) => phase === 'awaiting-approval' && now.includes(what));

  beforeEach(async () => {
    nodes.kill('db-1');
    nodes.managed = { leader: undefined, lagBytes: { 'db-2': 4_096, 'db-3': 8_192 } };
    // Without waiting for the manager first.
    run = await start('failover', { from: 'db-1', evenIfUp: true });
    await untilAsked('of letting db-2 lead: nobody can say how much would be lost: at least 4096');
  });

  it('does not count where it lacks more by then', async () => {
    nodes.managed.lagBytes = { 'db-2': 9_000 };
    await run.send('approve');
    await untilAsked('at least 9000');
    expect(requests()).toEqual([]);
    await run.send('approve');
    expect(await run.report()).toMatchObject({
      outcome: 'FailedOver',
      details: { to: 'db-2', loss: { bytes: 9_000 } },
    });
  });

  it('counts where it lacks less by then', async () => {
    nodes.managed.lagBytes = { 'db-2': 16 };
    await run.send('approve');
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-2' } });
  });

  it('does not count for another one, where the first does not run any more', async () => {
    Object.assign(nodes.node('db-2'), { state: 'stopped' });
    await run.send('approve');
    await untilAsked('of letting db-3 lead');
    expect(requests()).toEqual([]);
    await run.send('approve');
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-3' } });
  });

  it('does not count for another one that has received more by then', async () => {
    nodes.node('db-3').receivedLsn = '0/5000900';
    await run.send('approve');
    await untilAsked('of letting db-3 lead');
    await run.send('approve');
    await run.report();
    expect(requests()).toEqual(['requestLeader db-3']);
  });

  it('counts where its agent is away for a moment, whoever else answers', async () => {
    nodes.script('examineNode', 'db-2', absent('db-2'));
    await run.send('approve');
    await run.report();
    expect(requests()).toEqual(['requestLeader db-2']);
  });

  it.each([
    ['Patroni is paused', { isPaused: true }, 'Patroni is paused'],
    ['a member is no node of the plan', { others: ['db-9'] }, 'no node of the plan'],
  ])('does not count where %s by then', async (_, managed, why) => {
    Object.assign(nodes.managed, managed);
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain(why);
    expect(requests()).toEqual([]);
  });
});

it('does not ask again for each write of a leader that takes them', async () => {
  nodes.managed.lagBytes = { 'db-2': 16 };
  const run = await start('failover', { evenIfUp: true });
  await run.until(({ phase }) => phase === 'awaiting-approval');
  nodes.managed.lagBytes = { 'db-2': 4_096 };
  await run.send('approve');
  expect(await run.report()).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-2' } });
});

it('refuses a switchover that has become impossible while the permit was awaited', async () => {
  vi.spyOn(nodes.permits, 'push').mockImplementation(() => {
    nodes.managed.isPaused = true;
    return 1;
  });
  expect(await (await start('switchover')).refusal()).toContain('Patroni is paused');
  expect(nodes.acts).toEqual([]);
});
