import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { longestStartMs } from '../../fixtures/scripted-rollouts.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

beforeAll(async () => {
  databases = await ScriptedDatabases.start();
}, longestStartMs);

afterAll(() => databases.stop());

beforeEach(async () => {
  nodes = await databases.nodes();
});

const start = (kind: 'failover' | 'switchover', more: object = {}) =>
  databases.start(kind, nodes, {
    kind,
    plan: databases.plan(nodes, { ...databases.routes(nodes), ...more }),
  });

const actsOnRoutes = () => nodes.acts.filter((act) => act.includes('Route'));

describe('clients behind routers, in a switchover', () => {
  it('are paused before the primary is shut down, and go on once writes are proven', async () => {
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('SwitchedOver');
    const order = nodes.acts.map((act) => act.replace(/ [ab]$/, ''));
    expect([...new Set(order)]).toEqual([
      ...['prepareToLead db-1', 'pauseRoute', 'fenceNode db-1', 'awaitReplay db-2'],
      ...['promoteNode db-2', 'proveWrites db-2', 'switchRoute', 'prepareToLead db-2'],
      ...['followNode db-3', 'rejoinNode db-1', 'proveArchiving db-2'],
    ]);
    expect([...nodes.routes.values()]).toEqual([
      { port: 5_432, isPaused: false },
      { port: 5_432, isPaused: false },
    ]);
    const { routes, times } = report.details as unknown as DatabaseDetails;
    expect(routes).toHaveLength(2);
    expect(times?.routedAtMs).toBeDefined();
  });

  it('go on to the former primary where one of the routers cannot be paused', async () => {
    nodes.script('pauseRoute', 'b', refused('a transaction is still open after 5000 ms'));
    const run = await start('switchover');
    const report = await run.report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: 'a transaction is still open after 5000 ms',
    });
    expect(actsOnRoutes()).toEqual([
      ...['pauseRoute a', 'pauseRoute b', 'resumeRoute a', 'resumeRoute b'],
    ]);
    expect(nodes.acts).not.toContain('fenceNode db-1');
    expect(nodes.node('db-1').state).toBe('primary');
    // An agent that is being started again is waited for: nobody else lets them go on.
    const { events } = await run.handle.fetchHistory();
    const resumed = (events ?? [])
      .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
      .find((scheduled) => scheduled?.activityType?.name === 'resumeRoute');
    expect(Number(resumed?.scheduleToStartTimeout?.seconds)).toBe(30);
  });

  it('go on only once the former primary takes writes again, where the switchover is undone', async () => {
    nodes.script('promoteNode', 'db-2', refused('it has not received enough'));
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('Failed');
    expect(nodes.acts.slice(-4, -2)).toEqual(['keepStandby db-2', 'unfenceNode db-1']);
    expect(nodes.acts.slice(-2).toSorted()).toEqual(['resumeRoute a', 'resumeRoute b']);
    expect([...nodes.routes.values()]).toEqual([
      { port: 5_431, isPaused: false },
      { port: 5_431, isPaused: false },
    ]);
  });

  it('go on although the former primary could not be started again', async () => {
    nodes.script('promoteNode', 'db-2', refused('it has not received enough'));
    nodes.script('unfenceNode', 'db-1', refused('its disk is gone'));
    const run = await start('switchover');
    await run.until(({ phase }) => phase === 'undo-failed');
    expect(nodes.acts.slice(-2).toSorted()).toEqual(['resumeRoute a', 'resumeRoute b']);
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('UndoFailed');
  });

  it('are switched over once the agent of a router is there that was being started again', async () => {
    nodes.script('examineRoute', 'b', absent('pool'), absent('pool'));
    expect(await (await start('switchover')).report()).toMatchObject({ outcome: 'SwitchedOver' });
  });

  it('are not touched where a router leads elsewhere, or nobody can say where', async () => {
    nodes.routes.set('a', { port: 5_433, isPaused: false });
    nodes.script('examineRoute', 'b', refused('the admin console does not answer'));
    const refusal = await (await start('switchover')).refusal();
    expect(refusal).toContain('/a leads to');
    expect(refusal).toContain('/b: the admin console does not answer');
    expect(nodes.acts).toEqual([]);
  });
});

describe('clients that resolve a name', () => {
  const named = () => {
    const agent = `${nodes.name}-pool`;
    return { routes: [{ pgbouncer: { agent, router: 'a' } }, { dns: { agent, router: 'name' } }] };
  };
  const stepsOf = (steps: readonly { name: string }[] = []) => steps.map(({ name }) => name);

  it('are not paused in a switchover, and led once no resolver has the former address', async () => {
    const report = await (await start('switchover', named())).report();
    expect(report).toMatchObject({ outcome: 'SwitchedOver', notes: [] });
    expect(actsOnRoutes().toSorted()).toEqual([
      'pauseRoute a',
      'switchRoute a',
      'switchRoute name',
    ]);
    expect(stepsOf(report.steps)).toContain('wait until no resolver has the former address');
    const { writesBackAtMs = 0, routedAtMs = 0 } =
      (report.details as unknown as DatabaseDetails).times ?? {};
    expect(routedAtMs - writesBackAtMs).toBeGreaterThanOrEqual(5_000);
  });

  it('are not cut in a failover, and led to the new primary', async () => {
    nodes.kill('db-1');
    const report = await (await start('failover', named())).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: [] });
    expect(actsOnRoutes().toSorted()).toEqual(['cutRoute a', 'switchRoute a', 'switchRoute name']);
    expect(nodes.routes.get('name')?.port).toBe(5_432);
  });

  it('are left to a note where resolvers keep the former address for an hour', async () => {
    nodes.script('switchRoute', 'name', () => ({
      ...{ detail: 'led', atMs: 0, isPaused: false, problems: [], keptForMs: 3_600_000 },
    }));
    const report = await (await start('switchover', named())).report();
    expect(report.notes).toEqual([expect.stringMatching(/^resolvers may lead clients .* until /)]);
  });
});

describe('a standby for which commits wait', () => {
  it('follows the new primary before writes are proven, and clients are led there', async () => {
    nodes.kill('db-1');
    Object.assign(nodes.node('db-2'), { synchronousStandbys: 'ANY 1 (*)' });
    expect((await (await start('failover')).report()).outcome).toBe('FailedOver');
    const order = nodes.acts.slice(nodes.acts.indexOf('promoteNode db-2') + 1, -1);
    expect(order.slice(0, 3)).toEqual([
      'prepareToLead db-2',
      'followNode db-3',
      'proveWrites db-2',
    ]);
  });
});

describe('clients behind routers, in a failover', () => {
  beforeEach(() => nodes.kill('db-1'));

  it('are cut with the fence, and led to the new primary', async () => {
    const report = await (await start('failover')).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: [] });
    const before = nodes.acts.slice(0, nodes.acts.indexOf('promoteNode db-2'));
    expect(before.toSorted()).toEqual(['cutRoute a', 'cutRoute b', 'fenceNode db-1']);
    expect([...nodes.routes.values()].map(({ port }) => port)).toEqual([5_432, 5_432]);
  });

  it('are cut after the fence where one agent does both: acts of a run on an agent keep their order', async () => {
    const agent = `${nodes.name}-db-1`;
    const routes = ['a', 'b'].map((router) => ({ pgbouncer: { agent, router } }));
    const report = await (await start('failover', { routes })).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: [] });
    expect(nodes.acts.slice(0, 3)).toEqual(['fenceNode db-1', 'cutRoute a', 'cutRoute b']);
  });

  it('are led by the routers that answer; a person decides about one that is lost', async () => {
    const away = () => {
      throw refused('the admin console does not answer');
    };
    nodes.script('cutRoute', 'b', away).script('switchRoute', 'b', away, away);
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'stuck');
    expect(nodes.routes.get('a')).toEqual({ port: 5_432, isPaused: false });
    expect(nodes.acts).toContain('rejoinNode db-1');
    await run.send('giveUp');
    const report = await run.report();
    expect(report).toMatchObject({
      outcome: 'Incomplete',
      reason: expect.stringContaining('the admin console does not answer') as string,
      notes: [
        expect.stringContaining('/b were not cut'),
        expect.stringContaining('/b are not led to the new primary yet'),
        expect.stringContaining('/b may wait until somebody leads them'),
      ],
    });
  });

  it('are tried again while a person is asked about something else, who can still answer', async () => {
    const away = () => {
      throw refused('the admin console does not answer');
    };
    const tried = () => nodes.acts.filter((act) => act === 'switchRoute b').length;
    nodes.script('switchRoute', 'b', away, away);
    nodes.script('rejoinNode', 'db-1', refused('there is no room on its disk'));
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'stuck');
    const before = tried();
    await databases.env.sleep('20s');
    await run.until(() => tried() > before);
    const { phase, accepts } = await run.status();
    expect({ phase, accepts }).toEqual({ phase: 'stuck', accepts: ['retry', 'giveUp'] });
    await run.send('retry');
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver' });
    expect(nodes.routes.get('b')?.port).toBe(5_432);
  });

  it('are tried less often the longer that takes: a wait of days does not fill the history', async () => {
    nodes.script('rejoinNode', 'db-1', refused('there is no room on its disk'));
    nodes.script('switchRoute', 'b', ...Array.from({ length: 2_000 }, () => refused('it is away')));
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'stuck');
    await databases.env.sleep('6h');
    expect(nodes.acts.filter((act) => act === 'switchRoute b').length).toBeLessThan(120);
    const { steps } = await run.status();
    const led = steps.find(({ name }) => name.startsWith('lead clients') && name.endsWith('/b'));
    expect(led?.evidence.length).toBeLessThanOrEqual(50);
    nodes.script('switchRoute', 'b');
    await run.send('retry');
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver' });
  });

  it('of another server are left alone', async () => {
    nodes.routes.set('b', { port: 5_433, isPaused: false });
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'stuck');
    expect(nodes.acts).not.toContain('cutRoute b');
    expect(nodes.routes.get('b')).toEqual({ port: 5_433, isPaused: false });
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Incomplete');
  });
});
