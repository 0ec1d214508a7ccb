import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { ScriptedDatabases } from '../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../fixtures/scripted-nodes.ts';
import { onStage } from './scenario.ts';

interface Given {
  nodes: ScriptedNodes;
  loseWest(): void;
  failover(more?: object): Promise<ScriptedRun>;
  failback(): Promise<ScriptedRun>;
}

type Play = (given: Given) => Promise<ScriptedRun>;

const plays: Record<string, Play> = {
  'region-failover-that-is-approved': async ({ loseWest, failover }) => {
    loseWest();
    const run = await failover();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    return run;
  },
  'region-failover-that-is-retried': async ({ nodes, loseWest, failover }) => {
    loseWest();
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover({ automatic: true });
    await run.until(({ phase }) => phase === 'stuck');
    nodes.kill('db-1');
    await run.send('retry');
    return run;
  },
  'region-failover-that-is-refused': ({ failover }) => failover(),
  'region-failback': ({ nodes, failback }) => {
    nodes.routes.set('www', { port: 5_432, isPaused: false });
    Object.assign(nodes.node('db-1'), {
      state: 'standby',
      connected: true,
      receivedLsn: '0/5000000',
    });
    Object.assign(nodes.node('db-2'), { state: 'primary', connected: false });
    return failback();
  },
};

const stage = {
  open: (env: Parameters<typeof ScriptedDatabases.on>[0]) => ScriptedDatabases.on(env),
  play: async (databases: ScriptedDatabases, play: Play, name: string) => {
    const nodes = await databases.nodes(name);
    const witnesses = await databases.witnesses(nodes);
    const plan = {
      ...{ kind: 'regionFailover', environment: name, group: name, from: 'west', to: 'east' },
      ...{ witnesses, confirmFor: '1s' },
      databases: [
        {
          plan: databases.plan(nodes, { confirmFor: '1s' }),
          nodes: { west: 'db-1', east: 'db-2' },
        },
      ],
      names: [
        {
          ...{ agent: `${name}-pool`, router: 'www' },
          servers: { west: `${name}:5431`, east: `${name}:5432` },
        },
      ],
    };
    const run = await play({
      nodes,
      loseWest: () => {
        nodes.kill('db-1');
        for (const { agent } of witnesses) nodes.probes.set(agent, { ok: false, detail: 'away' });
      },
      failover: (more = {}) => databases.startRegion('regionFailover', nodes, { ...plan, ...more }),
      failback: () =>
        databases.startRegion('regionFailback', nodes, { kind: 'regionFailback', plan }),
    });
    await run.report();
    return run.handle.workflowId;
  },
  close: (databases: ScriptedDatabases) => databases.stopWorkers(),
};

export const regionScenarios = onStage(stage, plays);
