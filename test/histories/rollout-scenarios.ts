import type { Alert } from '../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowId } from '../../src/contracts/rollouts/alerts.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { alertWorkflowType } from '../../src/kinds/workflow-types.ts';
import { PlatformError } from '../../src/contracts/rollouts/platform.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { eventually } from '../fixtures/eventually.ts';
import { RolloutBench } from '../fixtures/rollouts.ts';
import { onStage } from './scenario.ts';

const release = (version: string) => ({ version, command: ['serve'] });
const short = { weight: 20, hold: '3s' };
const long = { weight: 20, hold: '10m' };
/** One measurement suffices: a machine that is busy still tells the same story. */
const analysis = { count: 1 };
const v2 = {
  release: release('v2'),
  replicas: 2,
  stages: [short, { weight: 50, hold: '3s' }],
  analysis,
};

/** Has an alert about a service dealt with; returns the ID of its workflow. */
async function alertAbout(bench: RolloutBench, { service, environment }: ServiceRef) {
  const nowMs = Date.now();
  const alert: Alert = {
    ...{ fingerprint: service, name: 'HighErrorRate', status: 'firing' },
    ...{ startsAtMs: nowMs, receivedAtMs: nowMs },
    subject: { service, environment },
  };
  const workflowId = alertWorkflowId(alert);
  const { client, taskQueue } = bench;
  await client.workflow.execute(alertWorkflowType, { workflowId, taskQueue, args: [alert] });
  return workflowId;
}

/** Returns the service, or the workflow ID, whose runs are recorded. */
type Play = (bench: RolloutBench) => Promise<ServiceRef | string>;

const plays: Record<string, Play> = {
  'promoted-canary': async (bench) => {
    const shop = bench.serving('promoted');
    await (await bench.start(shop, v2)).result();
    return shop;
  },

  'ended-while-the-ledger-was-away': async (bench) => {
    const shop = bench.serving('unwritten');
    bench.isLedgerAway = true;
    await (await bench.start(shop, v2)).result();
    bench.isLedgerAway = false;
    await eventually(() => {
      if (bench.reports.length === 0) throw new Error('the report is not written yet');
      return Promise.resolve();
    });
    return shop;
  },

  'first-release': async (bench) => {
    const shop = { service: 'first', environment: 'demo', target: { platform: 'local' as const } };
    await (await bench.start(shop, v2)).result();
    return shop;
  },

  'failed-metrics': async (bench) => {
    const shop = bench.serving('failing');
    bench.platform.traffic.errorRates['v3'] = 0.5;
    const spec = {
      ...v2,
      release: release('v3'),
      stages: [long],
      analysis: { interval: '200ms', count: 1 },
    };
    await (await bench.start(shop, spec)).result();
    return shop;
  },

  'never-ready': async (bench) => {
    const shop = bench.serving('stuck');
    bench.platform.neverReady.add('v4');
    const spec = { ...v2, release: release('v4'), readiness: { deadline: '1s' } };
    await (await bench.start(shop, spec)).result();
    return shop;
  },

  'paused-approved-promoted-in-full': async (bench) => {
    const shop = bench.serving('people');
    const stages = [
      { ...short, approval: { by: ['ana'], timeout: '1h' } },
      { weight: 50, hold: '10m' },
    ];
    const handle = await bench.start(shop, { ...v2, stages, pause: { timeout: '1h' } });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await handle.executeUpdate('pause', { args: [{ by: 'ana' }] });
    await handle.signal('resume', { by: 'ana' });
    await bench.until(shop, ({ phase }) => phase === 'awaiting-approval');
    await handle.executeUpdate('approve', { args: [{ by: 'ana', stage: 20 }] });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await handle.executeUpdate('promoteFull', { args: [{ by: 'ana' }] });
    await handle.result();
    return shop;
  },

  'inconclusive-promoted-by-a-person': async (bench) => {
    const shop = bench.serving('quiet');
    const usual = bench.platform.traffic.requestsPerSecond;
    bench.platform.traffic.requestsPerSecond = 0;
    const handle = await bench.start(shop, { ...v2, stages: [short] });
    await bench.until(shop, ({ phase }) => phase === 'inconclusive');
    await handle.executeUpdate('promote', { args: [{ by: 'ana' }] });
    await handle.result();
    bench.platform.traffic.requestsPerSecond = usual;
    return shop;
  },

  'aborted-with-a-failed-undo': async (bench) => {
    const shop = bench.serving('aborted');
    const handle = await bench.start(shop, { ...v2, stages: [long] });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    bench.platform.broken.set('setWeight 0', new PlatformError('unavailable', 'router is away'));
    await handle.signal('abort', { by: 'ana', why: 'wrong build' });
    await bench.until(shop, ({ phase }) => phase === 'undo-failed');
    bench.platform.broken.clear();
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    await handle.result();
    return shop;
  },

  'switched-to-green': async (bench) => {
    const shop = bench.serving('green');
    const spec = { release: release('v2'), analysis, smoke: [], watch: '3s', scaleDownDelay: '1s' };
    const approval = { by: ['ana'] };
    const warmUp = { duration: '1s' };
    const handle = await bench.start(shop, { ...spec, approval, warmUp }, 'blueGreen');
    await bench.until(shop, ({ phase }) => phase === 'awaiting-approval');
    await handle.executeUpdate('approve', { args: [{ by: 'ana' }] });
    await handle.result();
    return shop;
  },

  'switched-back': async (bench) => {
    const shop = bench.serving('back');
    const spec = { release: release('v2'), analysis, smoke: [], warmUp: 'none', watch: '3s' };
    const handle = await bench.start(shop, { ...spec, scaleDownDelay: '10m' }, 'blueGreen');
    await bench.until(shop, ({ phase }) => phase === 'keeping');
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    await handle.result();
    return shop;
  },

  'rolled-in-place': async (bench) => {
    const shop = bench.servingOnKubernetes('rolling');
    const spec = { release: { image: 'shop:v2' }, analysis, watch: '3s' };
    await (await bench.start(shop, spec, 'rolling')).result();
    return shop;
  },

  'recreated-and-put-back': async (bench) => {
    const shop = bench.servingOnKubernetes('recreated');
    bench.kubernetes.neverComplete.add('v3');
    const readiness = { deadline: '1s' };
    const spec = { release: { image: 'shop:v3' }, readiness };
    await (await bench.start(shop, spec, 'recreate')).result();
    return shop;
  },

  'taken-over-by-stable': async (bench) => {
    const shop = bench.servingOnKubernetes('taken-over');
    const spec = { release: { image: 'shop:v2' }, analysis, stages: [short] };
    await (await bench.start(shop, spec)).result();
    return shop;
  },

  'stuck-then-aborted-after-the-commit-point': async (bench) => {
    const shop = bench.servingOnKubernetes('left-behind');
    bench.kubernetes.neverComplete.add('v4');
    const readiness = { deadline: '1s' };
    const spec = { release: { image: 'shop:v4' }, analysis, stages: [short], readiness };
    const handle = await bench.start(shop, spec);
    await bench.until(shop, ({ phase }) => phase === 'stuck');
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    await bench.until(shop, ({ phase }) => phase === 'stuck');
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    await handle.result();
    return shop;
  },

  'drift-put-back-once': async (bench) => {
    const shop = bench.servingOnKubernetes('drifting');
    const spec = { release: { image: 'shop:v5' }, analysis: 'none', stages: [long] };
    const handle = await bench.start(shop, spec);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    bench.kubernetes.state(shop).drift = ['Service drifting was unpinned by kubectl-edit'];
    await bench.until(shop, () => bench.kubernetes.acts.includes('correct drift'));
    bench.kubernetes.state(shop).drift = ['Service drifting was unpinned by kubectl-edit'];
    await bench.until(shop, ({ phase }) => phase === 'inconclusive');
    await handle.executeUpdate('promote', { args: [{ by: 'ana' }] });
    await bench.until(shop, ({ phase }) => phase === 'stuck');
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    await handle.result();
    return shop;
  },

  superseded: async (bench) => {
    const shop = bench.serving('superseded');
    await bench.deploy(shop, { ...v2, stages: [long] });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await bench.deploy(shop, { ...v2, release: release('v5'), supersede: true });
    await bench.until(shop, ({ version }) => version === 'v5');
    await bench.result(shop);
    return shop;
  },

  'rolled-back-to-a-kept-revision': async (bench) => {
    const shop = bench.serving('kept');
    await (await bench.start(shop, v2)).result();
    await (await bench.start(shop, {}, 'rollback')).result();
    return shop;
  },

  'aborted-by-an-alert': async (bench) => {
    const shop = bench.serving('alerted');
    await bench.start(shop, { ...v2, stages: [long] });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await alertAbout(bench, shop);
    return shop;
  },

  'an-alert-that-aborts': async (bench) => {
    const shop = bench.serving('alerting');
    await bench.start(shop, { ...v2, stages: [long] });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    return alertAbout(bench, shop);
  },

  'an-alert-that-undoes': async (bench) => {
    const shop = bench.serving('undone');
    await (await bench.start(shop, v2)).result();
    return alertAbout(bench, shop);
  },

  'an-alert-that-does-nothing': (bench) => alertAbout(bench, bench.serving('quiet-alert')),
};

export const rolloutScenarios = onStage<RolloutBench, Play>(
  {
    open: (env) => RolloutBench.start(env.client, env.nativeConnection),
    play: async (bench, play) => {
      const played = await play(bench);
      return typeof played === 'string' ? played : rolloutWorkflowId(played);
    },
    close: (bench) => bench.stop(),
  },
  plays,
);
