import type { DatabaseKind } from '../../src/kinds/workflow-types.ts';
import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { leftOf } from '../fixtures/left-of-nodes.ts';
import { ScriptedDatabases } from '../fixtures/scripted-databases.ts';
import { promote } from '../fixtures/scripted-manager.ts';
import { absent, refused, type ScriptedNodes } from '../fixtures/scripted-nodes.ts';
import { onStage } from './scenario.ts';

interface Given {
  nodes: ScriptedNodes;
  /** Starts a kind that carries the plan in its spec. */
  start(kind: DatabaseKind, spec?: object, plan?: object): Promise<ScriptedRun>;
  /** Starts a watch, which is the plan itself, and waits until it watches. */
  watch(plan?: object): Promise<ScriptedRun>;
  sleep(time: string): Promise<void>;
}

/** As the plan of a database that a Patroni is in charge of. */
const managed = { manager: 'patroni', confirmFor: '1s' };

type Play = (given: Given) => Promise<ScriptedRun>;

const routed = ({ name }: ScriptedNodes) => ({
  routes: [{ pgbouncer: { agent: `${name}-pool`, router: 'shop' } }],
});

async function stopped(run: ScriptedRun): Promise<ScriptedRun> {
  await run.send('abort');
  return run;
}

const plays: Record<string, Play> = {
  'failover-from-a-server-that-has-ended': ({ nodes, start }) => {
    nodes.kill('db-1');
    return start('failover', {}, routed(nodes));
  },
  'failover-with-an-approved-loss': async ({ nodes, start }) => {
    nodes.kill('db-1');
    for (const name of ['db-2', 'db-3']) nodes.node(name).receivedLsn = '0/4FFFF00';
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    return run;
  },
  'failover-with-a-late-standby': ({ nodes, start }) => {
    nodes.kill('db-1');
    nodes.script('examineNode', 'db-3', undefined, absent('db-3'), absent('db-3'));
    return start('failover', { from: 'db-1' }, routed(nodes));
  },
  'failover-that-is-undone': ({ nodes, start }) => {
    nodes.kill('db-1');
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    return start('failover', {}, routed(nodes));
  },
  'failover-whose-rejoin-is-given-up': async ({ nodes, start }) => {
    nodes.kill('db-1');
    nodes.script('rejoinNode', 'db-1', refused('there is no room on its disk'));
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    return run;
  },
  'failover-that-leads-clients-while-a-person-is-asked': async ({ nodes, start }) => {
    nodes.kill('db-1');
    const away = refused('the admin console does not answer');
    nodes.script('switchRoute', 'shop', away, away);
    nodes.script('rejoinNode', 'db-1', refused('there is no room on its disk'));
    const run = await start('failover', {}, routed(nodes));
    await run.until(({ phase }) => phase === 'stuck');
    await run.until(() => nodes.routes.get('shop')?.port === 5_432);
    await run.send('retry');
    return run;
  },
  switchover: ({ nodes, start }) => start('switchover', { to: 'db-3' }, routed(nodes)),
  'switchover-with-a-service': ({ nodes: { name }, start }) =>
    start('switchover', {}, { routes: [{ service: { namespace: name, service: 'db' } }] }),
  'switchover-that-is-undone': ({ nodes, start }) => {
    nodes.script('awaitReplay', 'db-2', refused('0/4000000 after 30s'));
    return start('switchover', {}, routed(nodes));
  },
  rejoin: ({ nodes, start }) => {
    Object.assign(nodes.node('db-2'), { state: 'fenced', connected: false });
    return start('rejoin', { node: 'db-2' });
  },
  'managed-switchover': ({ nodes, start }) =>
    start('switchover', {}, { ...managed, ...routed(nodes) }),
  'managed-switchover-read-again-by-a-person': async ({ nodes, start }) => {
    nodes.script('requestLeader', 'db-2', () => {
      nodes.managed.leader = undefined;
      return { is: 'refused', said: '412 leader name does not match' };
    });
    const run = await start('switchover', {}, { ...managed, ...routed(nodes) });
    await run.until(({ phase }) => phase === 'stuck');
    promote(nodes, 'db-2');
    await run.send('retry');
    return run;
  },
  'managed-failover-by-itself': ({ nodes, start }) => {
    nodes.kill('db-1');
    nodes.managed.leader = undefined;
    nodes.script('watchManager', 'db-2', () => {
      promote(nodes, 'db-3');
      throw absent('db-2');
    });
    return start('failover', { from: 'db-1' }, managed);
  },
  'managed-failover-that-is-asked-for': async ({ nodes, start }) => {
    nodes.kill('db-1');
    nodes.managed.leader = undefined;
    const run = await start('failover', { from: 'db-1' }, managed);
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    return run;
  },
  'managed-rejoin': ({ nodes, start }) => {
    Object.assign(nodes.node('db-2'), { connected: false });
    return start('rejoin', { node: 'db-2', method: 'start' }, managed);
  },
  'fence-of-a-former-primary': ({ nodes, start }) => {
    Object.assign(nodes.node('db-2'), { state: 'primary', connected: false, timeline: 2 });
    return start('fence', { node: 'db-1' });
  },
  'watch-that-asks-a-person': async ({ nodes, watch }) => {
    const run = await watch();
    nodes.kill('db-1');
    await run.until(({ phase }) => phase === 'down');
    return stopped(run);
  },
  'watch-that-judges-again': async ({ nodes, watch, sleep }) => {
    const run = await watch({ automatic: true, confirmFor: '1s' });
    for (const { name } of nodes.nodes) nodes.lose(name);
    await run.until(({ phase }) => phase === 'down');
    for (const { name } of nodes.nodes) nodes.bringBack(name);
    Object.assign(nodes.node('db-1'), { state: 'fenced', view: 'refused', hostView: 'ended' });
    await sleep('1m');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    return stopped(run);
  },
};

/** They continue as new. */
const longPlays: Record<string, Play> = {
  'watch-that-fails-over-and-goes-on': async ({ nodes, watch }) => {
    const run = await watch({ automatic: true, restartFirst: '10s' });
    nodes.script('restartNode', 'db-1', refused('its disk is full'));
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    await run.send('acknowledge');
    nodes.kill('db-2');
    await run.until(({ now }) => /^Watching db-[13]/.test(now));
    return stopped(run);
  },
};

const stage = {
  open: (env: Parameters<typeof ScriptedDatabases.on>[0]) => ScriptedDatabases.on(env),
  play: async (databases: ScriptedDatabases, play: Play, name: string) => {
    const nodes = await databases.nodes(name);
    const run = await play({
      nodes,
      start: (kind, spec = {}, plan = {}) =>
        databases.start(kind, nodes, { kind, plan: databases.plan(nodes, plan), ...spec }),
      watch: async (plan = {}) => {
        const watch = await databases.start('databaseWatch', nodes, databases.plan(nodes, plan));
        await watch.until(({ now }) => now.startsWith('Watching db-1'));
        return watch;
      },
      sleep: (time) => databases.env.sleep(time),
    });
    await run.report();
    return run.handle.workflowId;
  },
  left: (databases: ScriptedDatabases, name: string) => leftOf(databases.named(name)),
  close: (databases: ScriptedDatabases) => databases.stopWorkers(),
};

export const databaseScenarios = onStage(stage, plays);
export const longDatabaseScenarios = onStage(stage, longPlays);
