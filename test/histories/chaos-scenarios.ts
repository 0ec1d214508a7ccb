import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { ScriptedChaos } from '../fixtures/scripted-chaos.ts';
import type { ScriptedHosts } from '../fixtures/scripted-hosts.ts';
import { meshPod } from '../fixtures/scripted-mesh.ts';
import { scriptedPod } from '../fixtures/scripted-pods.ts';
import { onStage } from './scenario.ts';

interface Given {
  hosts: ScriptedHosts;
  start(more?: object): Promise<ScriptedRun>;
  startCampaign(more?: object): Promise<ScriptedRun>;
}

const plays: Record<string, (given: Given) => Promise<ScriptedRun>> = {
  'experiment-that-passes': ({ start }) => start(),
  'experiment-whose-hypothesis-fails': ({ hosts, start }) => {
    hosts.whileFaulted = { value: 20, failed: true };
    return start({ blastRadius: { percent: '100%' }, mostOfTarget: '100%' });
  },
  'experiment-that-is-halted': async ({ hosts, start }) => {
    hosts.isWatchOpen = true;
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    return run;
  },
  'experiment-that-is-halted-and-tells-why': async ({ hosts, start }) => {
    Object.assign(hosts, { isWatchOpen: true, tells: true });
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    return run;
  },
  'experiment-that-injects-nothing': ({ hosts, start }) => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, () => ({ applied: true, apply: {}, expiresAtMs: 0 }));
    }
    return start();
  },
  'experiment-that-crashes-a-pod': ({ hosts, start }) => {
    hosts.pods = ['web-1', 'web-2'].map((name) => scriptedPod(name));
    const target = { pods: { namespace: hosts.name, labels: { app: 'web' } } };
    return start({ target, fault: { type: 'crash' } });
  },
  'experiment-that-makes-an-outage': ({ hosts, start }) => {
    hosts.mesh.pods = ['web-1', 'web-2'].map((name) => meshPod(name));
    const pods = { namespace: hosts.name, labels: { app: 'web' }, means: 'chaosMesh' };
    return start({ target: { pods }, fault: { type: 'outage' } });
  },
  'experiment-on-one-of-two-tracks': ({ start }) =>
    start({
      services: ['shop'],
      target: { tracks: { service: 'shop', share: '10%', mostRequests: 1_000 } },
      fault: { type: 'latency', delay: '200ms' },
      hypothesis: { quick: { slowAgainstControl: { than: '500ms' } } },
      stopConditions: 'none',
    }),
  'campaign-that-passes': ({ startCampaign }) =>
    startCampaign({
      ...{ lasts: '1h', pause: '1s' },
      allowedHours: { zone: 'UTC', every: ['daily 22:00 to 20:00'] },
    }),
};

const stage = {
  open: (env: Parameters<typeof ScriptedChaos.on>[0]) => ScriptedChaos.on(env),
  play: async (
    chaos: ScriptedChaos,
    play: (given: Given) => Promise<ScriptedRun>,
    name: string,
  ) => {
    const hosts = await chaos.hosts(name);
    const run = await play({
      hosts,
      start: (more) => chaos.start(hosts, more),
      startCampaign: (more) =>
        chaos.startCampaign(hosts, [{ experiment: 'first' }, { experiment: 'second' }], more),
    });
    await run.report();
    return run.handle.workflowId;
  },
  close: (chaos: ScriptedChaos) => chaos.stopWorkers(),
};

export const chaosScenarios = onStage(stage, plays);
