import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
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

const start = (kind: 'failover' | 'switchover', more: object = {}, planned = {}) => {
  const plan = databases.plan(nodes, { manager: 'patroni', confirmFor: '1s', ...planned });
  return databases.start(kind, nodes, { kind, plan, ...more });
};

/** As an agent whose Patroni refuses connections: it is tried again. */
const unavailable = () =>
  ApplicationFailure.retryable('connect ECONNREFUSED', failureTypes.agentUnavailable);

const requests = () => nodes.acts.filter((act) => act.startsWith('requestLeader'));

describe('a request that an agent cannot pass on', () => {
  it('is passed on by the next agent at once', async () => {
    const byTheSecond = () => {
      if (Context.current().info.taskQueue.endsWith('db-1')) throw unavailable();
      promote(nodes, 'db-2');
      return { is: 'asked', said: '200' };
    };
    nodes.script('requestLeader', 'db-2', ...Array.from({ length: 30 }, () => byTheSecond));
    const report = await (await start('switchover')).report();
    expect(report).toMatchObject({ outcome: 'SwitchedOver', details: { to: 'db-2' } });
  });

  it('is not passed on any more once a person is asked', async () => {
    nodes.kill('db-1');
    nodes.managed.leader = undefined;
    nodes.script('requestLeader', 'db-2', ...Array.from({ length: 30 }, unavailable));
    const run = await start('failover', { from: 'db-1', evenIfUp: true });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('did not answer: connect ECONNREFUSED, and nobody leads, 1.5s later');
    promote(nodes, 'db-2');
    await run.send('retry');
    expect((await run.report()).outcome).toBe('FailedOver');
    expect(requests()).toHaveLength(3);
  });
});

it('waits for its whole time after the last request, however long that took', async () => {
  nodes.managed.settledWithinMs = 400;
  nodes.script('requestLeader', 'db-2', async () => {
    await delay(1_000);
    nodes.script('examineManager', 'db-1', () => {
      promote(nodes, 'db-2');
      throw unavailable();
    });
    return { is: 'unknown', said: '503 Switchover status unknown' };
  });
  expect((await (await start('switchover')).report()).outcome).toBe('SwitchedOver');
});

it('is Incomplete where a member leads that is no node of the plan, and says who is held', async () => {
  nodes.script('requestLeader', 'db-2', () => {
    Object.assign(nodes.node('db-1'), { state: 'standby' });
    nodes.managed = { leader: 'db-9', others: ['db-9'] };
    nodes.change();
    return { is: 'asked', said: '200 Switched over to "db-9" instead of "db-2"' };
  });
  const report = await (await start('switchover', {}, databases.routes(nodes))).report();
  expect(report).toMatchObject({ outcome: 'Incomplete', details: { to: 'db-9' } });
  expect(report.reason).toContain('db-9 leads, which is no node of the plan: add it to nodes');
  expect(report.notes.join()).toMatch(/not done, as db-9 leads: let the clients of .*a go on/);
  expect(nodes.acts.join()).not.toContain('resumeRoute');
});

describe('routes where a person has given the proof of the promotion up', () => {
  const beGivenUp = async () => {
    const run = await start('switchover', {}, databases.routes(nodes));
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    return run.report();
  };

  beforeEach(() => {
    const slow = () => {
      throw ApplicationFailure.nonRetryable('it does not answer', failureTypes.agentRefused);
    };
    nodes.script('awaitPromotion', 'db-2', slow);
  });

  it('are led to the timeline on which a row was committed', async () => {
    const report = await beGivenUp();
    expect(report.outcome).toBe('Incomplete');
    const led = report.steps?.filter(({ name }) => name.startsWith('lead clients')) ?? [];
    expect(led.map(({ evidence }) => evidence[0]?.value)).toEqual([
      expect.stringContaining('of timeline 2;'),
      expect.stringContaining('of timeline 2;'),
    ]);
  });

  it('are left where that is no later one, and the report says so', async () => {
    const row = { nonce: 'n', committedAtMs: 1, lsn: '0/5000100', timeline: 1 };
    nodes.script('proveWrites', 'db-2', () => row);
    const report = await beGivenUp();
    expect(report.reason).toMatch(/lead clients of .*a: db-2 takes writes on timeline 1, which/);
    expect(report.notes.join()).toMatch(/clients of .*b may wait until somebody leads them to/);
    expect(nodes.acts.join()).not.toContain('switchRoute');
  });
});

it('waits until no resolver has the address of the former leader', async () => {
  const routes = [{ dns: { agent: `${nodes.name}-pool`, router: 'name' } }];
  const report = await (await start('switchover', {}, { routes })).report();
  expect(report.outcome).toBe('SwitchedOver');
  const names = report.steps?.map(({ name }) => name);
  expect(names).toContain('wait until no resolver has the former address');
});
