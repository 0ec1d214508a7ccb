import { leftOf } from '../fixtures/left-of-nodes.ts';
import { ScriptedDatabases } from '../fixtures/scripted-databases.ts';
import type { ScriptedPostgresCluster } from '../fixtures/scripted-postgres-cluster.ts';
import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { onStage } from './scenario.ts';

interface Given {
  cluster: ScriptedPostgresCluster;
  start(kind: 'failover' | 'switchover', spec?: object): Promise<ScriptedRun>;
  watch(): Promise<ScriptedRun>;
}

type Play = (given: Given) => Promise<ScriptedRun>;

/** Nobody waits for it to come back. */
function lose(cluster: ScriptedPostgresCluster): void {
  cluster.lose('shop-1');
  cluster.spec = { ...cluster.spec, instances: 2 };
}

const plays: Record<string, Play> = {
  'cloudnative-pg-switchover': ({ start }) => start('switchover', { to: 'shop-3' }),
  'cloudnative-pg-switchover-judged-again': ({ cluster, start }) => {
    cluster.beforePatch = () => {
      cluster.beforePatch = () => undefined;
      cluster.write({});
    };
    return start('switchover');
  },
  'cloudnative-pg-switchover-held-for-a-person': async ({ cluster, start }) => {
    const phase = 'Unable to create required cluster objects';
    cluster.onTarget = (to) => cluster.write({ targetPrimary: to, phase });
    const run = await start('switchover');
    await run.until((status) => status.phase === 'stuck');
    cluster.promote('shop-2');
    await run.send('retry');
    return run;
  },
  'cloudnative-pg-failover-by-itself': async ({ cluster, start }) => {
    lose(cluster);
    cluster.write({ targetPrimary: 'pending', phase: 'Failing over' });
    const run = await start('failover');
    await run.until(({ steps }) => steps.some(({ name }) => name.startsWith('see whether')));
    cluster.promote('shop-3');
    return run;
  },
  'cloudnative-pg-failover-that-is-asked-for': async ({ cluster, start }) => {
    lose(cluster);
    const run = await start('failover');
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve');
    return run;
  },
  'cloudnative-pg-watch': async ({ cluster, watch }) => {
    const run = await watch();
    cluster.promote('shop-2');
    await run.until(({ now }) => now.startsWith('Watching shop-2'));
    cluster.annotations = { 'cnpg.io/fencedInstances': '["*"]' };
    await run.until(({ phase }) => phase === 'down');
    await run.send('abort');
    return run;
  },
};

const stage = {
  open: (env: Parameters<typeof ScriptedDatabases.on>[0]) => ScriptedDatabases.on(env),
  play: async (databases: ScriptedDatabases, play: Play, name: string) => {
    const nodes = await databases.nodes(name);
    const plan = databases.operatedPlan(nodes, { confirmFor: '1s' });
    const run = await play({
      cluster: nodes.cluster,
      start: (kind, spec = {}) => databases.start(kind, nodes, { kind, plan, ...spec }),
      watch: async () => {
        const watch = await databases.start('databaseWatch', nodes, plan);
        await watch.until(({ now }) => now.startsWith('Watching shop-1'));
        return watch;
      },
    });
    await run.report();
    return run.handle.workflowId;
  },
  left: (databases: ScriptedDatabases, name: string) => leftOf(databases.named(name)),
  close: (databases: ScriptedDatabases) => databases.stopWorkers(),
};

export const cloudNativePgScenarios = onStage(stage, plays);
