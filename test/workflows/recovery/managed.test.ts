import { beforeEach, describe, expect, it } from 'vitest';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { promote } from '../../fixtures/scripted-manager.ts';
import { absent, refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const plan = (more: object = {}) =>
  databases.plan(nodes, { manager: 'patroni', confirmFor: '1s', ...more });
const start = (kind: 'failover' | 'switchover', more: object = {}, planned = {}) =>
  databases.start(kind, nodes, { kind, plan: plan(planned), ...more });

describe('a switchover of a database that Patroni is in charge of', () => {
  it('asks Patroni, proves the promotion by the server, and counts what streams', async () => {
    const report = await (await start('switchover', { to: 'db-3' })).report();
    expect(report).toMatchObject({ outcome: 'SwitchedOver' });
    expect(nodes.acts).toEqual([
      ...['proveWrites db-1', 'requestLeader db-3', 'proveWrites db-3', 'proveWrites db-3'],
      'proveArchiving db-3',
    ]);
    expect(report.steps?.map(({ name }) => name)).toContain('prove that db-3 is promoted');
    expect(report.details).toMatchObject({ to: 'db-3', streaming: ['db-1', 'db-2'] });
  });

  it('leads the clients of a pooler, which wait meanwhile', async () => {
    const report = await (await start('switchover', {}, databases.routes(nodes))).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(nodes.acts.filter((act) => act.includes('Route'))).toEqual([
      ...['pauseRoute a', 'pauseRoute b', 'switchRoute a', 'switchRoute b'],
    ]);
    expect(nodes.acts.indexOf('pauseRoute b')).toBeLessThan(
      nodes.acts.indexOf('requestLeader db-2'),
    );
  });

  it('believes no 200: where the same member leads still, clients go on as before', async () => {
    const lie = { is: 'asked', said: '200 Successfully switched over to "db-2"' };
    nodes.script('requestLeader', 'db-2', () => lie);
    const report = await (await start('switchover', {}, databases.routes(nodes))).report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('db-1 still leads, 1.5s later. It may still act on it');
    expect(nodes.acts.slice(-2)).toEqual(['resumeRoute a', 'resumeRoute b']);
  });

  it('takes no 503 for a no: what its members show afterwards decides', async () => {
    nodes.script('requestLeader', 'db-2', () => {
      promote(nodes, 'db-2');
      return { is: 'unknown', said: '503 Switchover status unknown' };
    });
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('SwitchedOver');
  });

  it('does not ask twice in vain: a refusal after it has happened is no refusal', async () => {
    nodes.script('requestLeader', 'db-2', () => {
      promote(nodes, 'db-2');
      return { is: 'refused', said: '412 leader name does not match' };
    });
    expect((await (await start('switchover')).report()).outcome).toBe('SwitchedOver');
  });

  it('fails at once where Patroni refuses, and says why', async () => {
    const no = { is: 'refused', said: '412 candidate does not exists' };
    nodes.script('requestLeader', 'db-2', () => no);
    const report = await (await start('switchover')).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: 'Patroni answered 412 candidate does not exists, and db-1 still leads',
    });
  });

  describe('refused amid a change that it has begun itself', () => {
    const no = { is: 'refused', said: '412 leader name does not match' };
    let run: Awaited<ReturnType<typeof start>>;

    /** The former leader has given up its key, and nobody has taken it yet. */
    const begin = async (next: () => unknown, settledWithinMs = 1_500) => {
      nodes.managed.settledWithinMs = settledWithinMs;
      nodes.script('requestLeader', 'db-2', () => {
        nodes.managed.leader = undefined;
        nodes.script('watchManager', 'db-3', next);
        nodes.change();
        return no;
      });
      run = await start('switchover', {}, databases.routes(nodes));
    };
    const resumed = () => nodes.acts.filter((act) => act.startsWith('resumeRoute'));

    it('waits for its end', async () => {
      await begin(() => {
        promote(nodes, 'db-2');
        throw absent('db-3');
      }, 20_000);
      expect((await run.report()).outcome).toBe('SwitchedOver');
      expect(resumed()).toEqual([]);
    });

    it('is held for a person where nobody leads, and goes on once somebody does', async () => {
      await begin(() => Promise.reject(absent('db-3')));
      const { now } = await run.until(({ phase }) => phase === 'stuck');
      expect(now).toContain('412 leader name does not match, and nobody leads, 1.5s later');
      expect(now).toContain('Answer with retry or giveUp');
      expect(resumed()).toEqual([]);
      promote(nodes, 'db-2');
      await run.send('retry');
      expect((await run.report()).outcome).toBe('SwitchedOver');
      expect(resumed()).toEqual([]);
    });

    it('lets clients go on once a person had it read again that the former leads', async () => {
      await begin(() => Promise.reject(absent('db-3')));
      await run.until(({ phase }) => phase === 'stuck');
      nodes.managed.leader = 'db-1';
      await run.send('retry');
      const report = await run.report();
      expect(report).toMatchObject({ outcome: 'Failed' });
      expect(report.reason).toContain('db-1 still leads');
      expect(resumed()).toEqual(['resumeRoute a', 'resumeRoute b']);
    });

    it('undoes nothing where a person gives it up', async () => {
      await begin(() => Promise.reject(absent('db-3')));
      await run.until(({ phase }) => phase === 'stuck');
      await run.send('giveUp');
      const report = await run.report();
      expect(report.outcome).toBe('Incomplete');
      expect(report.reason).toContain('Nobody could say who leads');
      expect(report.notes.join()).toContain('not done, as nobody can say who leads: let the');
      expect(resumed()).toEqual([]);
    });
  });

  it('ends as Incomplete where Patroni chose another member than the one asked for', async () => {
    nodes.script('requestLeader', 'db-2', () => {
      promote(nodes, 'db-3');
      return { is: 'asked', said: '200 Switched over to "db-3" instead of "db-2"' };
    });
    const report = await (await start('switchover', { to: 'db-2' })).report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toContain('Patroni chose db-3');
  });

  it('is Incomplete where a row that was acknowledged is gone', async () => {
    nodes.script('proveWrites', 'db-2', () => ({
      ...{ nonce: 'n', committedAtMs: 1, lsn: '0/5000100', timeline: 2 },
    }));
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toContain('a row that was committed before is not there');
  });

  it('counts no loss where nobody knows where the new timeline begins', async () => {
    const promotion = { timeline: 2, lsn: '', atMs: 0 };
    nodes.script('awaitPromotion', 'db-2', () => promotion);
    const report = await (await start('switchover', {}, databases.routes(nodes))).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(report.details).not.toHaveProperty('loss');
  });

  it('is refused with every reason before anything is asked', async () => {
    nodes.managed = {
      ...{ isPaused: true, others: ['db-9'], scheduled: 'a switchover at 03:00' },
      ...{ noFailover: ['db-2'], lagBytes: { 'db-2': 9_999_999 } },
    };
    const why = await (await start('switchover', { to: 'db-2' })).refusal();
    for (const reason of [
      ...['Patroni is paused (maintenance mode)', 'db-9 is a member of Patroni, and no node'],
      ...['a switchover at 03:00', 'db-2 has the tag nofailover', '9999999 bytes behind'],
    ]) {
      expect(why).toContain(reason);
    }
    nodes.managed = { leader: 'db-2' };
    expect(await (await start('switchover')).refusal()).toContain('two may take writes');
    expect(nodes.acts).toEqual([]);
  });
});

describe('a failover of a database that Patroni is in charge of', () => {
  it('waits for Patroni first, and proves what it did by itself', async () => {
    nodes.kill('db-1');
    nodes.managed.leader = 'db-1';
    const run = await start('failover');
    await run.until(({ steps }) => steps.some(({ name }) => name.startsWith('see whether')));
    promote(nodes, 'db-3');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-3' } });
    expect(nodes.acts).not.toContain('requestLeader db-2');
    expect(report.notes.join()).toContain('Patroni failed over by itself');
  });

  it('asks Patroni once it does not, after a person has approved the loss', async () => {
    nodes.kill('db-1');
    nodes.managed = { leader: undefined, lagBytes: { 'db-2': 4_096, 'db-3': 4_096 } };
    const run = await start('failover', { from: 'db-1' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({
      outcome: 'FailedOver',
      details: { to: 'db-2', loss: { bytes: 4_096 } },
    });
    expect(nodes.acts.filter((act) => act.startsWith('requestLeader'))).toEqual([
      'requestLeader db-2',
    ]);
  });

  it('is Incomplete where the former leader takes writes again beside the new one', async () => {
    nodes.kill('db-1');
    nodes.managed = { leader: undefined, lagBytes: { 'db-2': 0, 'db-3': 0 } };
    nodes.script('proveArchiving', 'db-2', () => {
      Object.assign(nodes.node('db-1'), { state: 'primary', timeline: 1 });
      return { repositories: [] };
    });
    const run = await start('failover', { from: 'db-1' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toContain('have one primary: db-1 and db-2 are both primaries');
  });

  it('waits through an election, also where nobody leads for long and an agent is away', async () => {
    nodes.kill('db-1');
    nodes.managed = { leader: undefined, settledWithinMs: 20_000 };
    nodes.script('watchManager', 'db-2', absent('db-2'), () => {
      promote(nodes, 'db-3');
      throw absent('db-2');
    });
    const report = await (await start('failover', { from: 'db-1' })).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-3' } });
    expect(nodes.acts.join()).not.toContain('requestLeader');
  });

  describe('while a person is asked to approve the loss', () => {
    let run: Awaited<ReturnType<typeof start>>;

    beforeEach(async () => {
      nodes.kill('db-1');
      const lagBytes = { 'db-2': 4_096, 'db-3': 4_096 };
      nodes.managed = { leader: undefined, lagBytes };
      run = await start('failover', { from: 'db-1' });
      await run.until(({ phase }) => phase === 'awaiting-approval');
    });

    it('hosts come to disagree: the end of the election is awaited', async () => {
      const managed = { kind: 'patroni', cluster: 'shop', members: [], leader: 'db-3' };
      nodes.script('examineManager', 'db-3', () => managed);
      nodes.script('watchManager', 'db-2', () => {
        promote(nodes, 'db-3');
        throw absent('db-2');
      });
      await run.send('approve');
      const report = await run.report();
      expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-3' } });
      expect(nodes.acts.join()).not.toContain('requestLeader');
    });

    it('the former leader takes writes again: nothing is asked', async () => {
      Object.assign(nodes.node('db-1'), { state: 'primary', view: 'accepting' });
      delete nodes.managed.leader;
      await run.send('approve');
      const report = await run.report();
      expect(report.outcome).toBe('Failed');
      expect(report.reason).toContain('db-1 leads, and takes writes');
      expect(nodes.acts.join()).not.toContain('requestLeader');
    });
  });

  it('fails where the former leader leads again as Patroni is asked', async () => {
    nodes.kill('db-1');
    nodes.managed = { leader: undefined };
    nodes.script('requestLeader', 'db-2', () => {
      Object.assign(nodes.node('db-1'), { state: 'primary', view: 'accepting' });
      delete nodes.managed.leader;
      nodes.change();
      return { is: 'refused', said: 'db-1 leads by now: nothing was asked of Patroni' };
    });
    const run = await start('failover', { from: 'db-1' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    nodes.managed.settledWithinMs = 20_000;
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('db-1 still leads');
  });

  it('asks for nobody else where Patroni failed over while a person was asked', async () => {
    nodes.kill('db-1');
    nodes.managed = { leader: undefined, lagBytes: { 'db-2': 4_096, 'db-3': 4_096 } };
    const run = await start('failover', { from: 'db-1' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    promote(nodes, 'db-3');
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', details: { to: 'db-3' } });
    expect(nodes.acts.join()).not.toContain('requestLeader');
  });

  it('is refused while the leader takes writes, also where Patroni does not let it lead', async () => {
    expect(await (await start('failover')).refusal()).toContain('use a switchover');
    nodes.managed.leader = undefined;
    expect(await (await start('failover', { evenIfUp: true })).refusal()).toContain(
      'two would take writes. Stop its server first',
    );
    expect(nodes.acts).toEqual([]);
  });
});

it('refuses a Patroni that answers nowhere', async () => {
  for (const { name } of nodes.nodes) {
    nodes.script('examineManager', name, refused('no Patroni'), refused('no Patroni'));
  }
  expect(await (await start('switchover')).refusal()).toContain('does not answer on any host');
});
