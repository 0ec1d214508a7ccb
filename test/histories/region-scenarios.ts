import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { leftOf } from '../fixtures/left-of-nodes.ts';
import { ScriptedDatabases } from '../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../fixtures/scripted-nodes.ts';
import { contextOf } from '../fixtures/scripted-services.ts';
import { onStage } from './scenario.ts';

interface Given {
  nodes: ScriptedNodes;
  loseWest(): void;
  failover(more?: object): Promise<ScriptedRun>;
  failback(more?: object): Promise<ScriptedRun>;
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
  'region-failover-that-scales-services-again': async ({ nodes, loseWest, failover }) => {
    loseWest();
    nodes.script('performPart', 'east', refused('exceeded quota: pods'));
    nodes.services.set('west', { replicas: 6, isReady: true, problems: [] });
    return failover({ automatic: true, services: servicesOf(nodes) });
  },
  'region-failover-that-scales-services-back': async ({ nodes, loseWest, failover }) => {
    loseWest();
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover({ automatic: true, services: servicesOf(nodes) });
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    return run;
  },
  'region-failback': ({ nodes, failback }) => {
    leadEast(nodes);
    return failback();
  },
  'region-failback-with-services': ({ nodes, failback }) => {
    leadEast(nodes);
    nodes.services.set('east', { replicas: 6, isReady: true, problems: [] });
    return failback({ services: servicesOf(nodes) });
  },
};

function leadEast(nodes: ScriptedNodes): void {
  nodes.routes.set('www', { port: 5_432, isPaused: false });
  const standby = { state: 'standby', connected: true, receivedLsn: '0/5000000' } as const;
  Object.assign(nodes.node('db-1'), standby);
  Object.assign(nodes.node('db-2'), { state: 'primary', connected: false });
}

function servicesOf(nodes: ScriptedNodes): object[] {
  const contexts = { west: contextOf(nodes, 'west'), east: contextOf(nodes, 'east') };
  const scaled = { replicas: 6, standby: 1, contexts };
  return [{ workload: 'deployment/web', namespace: 'shop', ...scaled }];
}

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
      failback: (more = {}) =>
        databases.startRegion('regionFailback', nodes, {
          ...{ kind: 'regionFailback', plan: { ...plan, ...more } },
        }),
    });
    await run.report();
    return run.handle.workflowId;
  },
  left: (databases: ScriptedDatabases, name: string) => leftOf(databases.named(name)),
  close: (databases: ScriptedDatabases) => databases.stopWorkers(),
};

export const regionScenarios = onStage(stage, plays);
