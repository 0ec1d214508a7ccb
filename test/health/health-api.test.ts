import type { State } from '@temporalio/worker';
import { afterEach, expect, test } from 'vitest';
import type { ComponentReport } from '../../src/contracts/kernel/health.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { createHealthApi, type HealthSources } from '../../src/health/health-api.ts';
import { judgeHealth, judgeWorkers, type WorkerStates } from '../../src/health/judge-health.ts';
import { serveHealth, type HealthServer } from '../../src/health/serve-health.ts';

let serving: HealthServer | undefined;
afterEach(async () => {
  await serving?.close();
  serving = undefined;
});

const both = (acts: State, watches: State): WorkerStates => ({ acts, watches });
const running = both('RUNNING', 'RUNNING');
const temporal: ComponentReport = {
  ...{ name: 'temporal', isRequired: true, state: 'up', latencyMs: 3, agoMs: 0, detail: '1.32.0' },
};
const prometheus: ComponentReport = {
  ...{ name: 'prometheus', isRequired: false, state: 'up', latencyMs: 5, agoMs: 0 },
};
const down = (component: ComponentReport): ComponentReport => ({
  ...{ ...component, state: 'down', reason: 'no answer' },
});

function sources(states: WorkerStates, components: ComponentReport[] = []): HealthSources {
  return { states: () => states, components: async () => components, breakers: () => [] };
}

test.each([
  ['not made yet', undefined, 'starting'],
  ['made, and one does not poll yet', both('RUNNING', 'INITIALIZED'), 'starting'],
  ['both poll', running, 'ready'],
  ['told to stop', both('STOPPING', 'STOPPING'), 'draining'],
  ['finishing what they hold', both('DRAINING', 'DRAINED'), 'draining'],
  ['one has failed while the other still polls', both('FAILED', 'RUNNING'), 'draining'],
] as const)('workers %s: the process is %s', (_, states, health) => {
  expect(judgeWorkers(states)).toBe(health);
});

test.each([
  ['all answer', [temporal, prometheus], 'ready'],
  ['Temporal does not answer', [down(temporal), prometheus], 'unready'],
  ['the Prometheus server does not answer', [temporal, down(prometheus)], 'degraded'],
] as const)('%s: a worker that polls is %s', (_, components, health) => {
  expect(judgeHealth(running, components)).toBe(health);
});

test.each([
  ['starting', undefined, [], { live: 200, startup: 503, ready: 503 }],
  ['ready', running, [temporal], { live: 200, startup: 200, ready: 200 }],
  ['degraded', running, [temporal, down(prometheus)], { live: 200, startup: 200, ready: 200 }],
  ['unready', running, [down(temporal)], { live: 200, startup: 200, ready: 503 }],
  ['draining', both('DRAINING', 'DRAINING'), [], { live: 200, startup: 200, ready: 503 }],
] as const)(
  'a worker that is %s is never killed for it',
  async (status, states, components, codes) => {
    const app = createHealthApi(sources(states, [...components]));
    for (const [probe, code] of Object.entries(codes)) {
      const answer = await app.request(`/health/${probe}`);
      expect([probe, answer.status]).toEqual([probe, code]);
    }
    expect(await (await app.request('/health/ready')).json()).toMatchObject({ status });
  },
);

test('a probe for readiness says what is down', async () => {
  const app = createHealthApi(sources(running, [down(temporal), down(prometheus)]));
  const answer = await app.request('/health/ready');
  expect(await answer.json()).toMatchObject({ down: ['temporal', 'prometheus'] });
});

test('liveness asks nobody, and one that drains says so without asking', async () => {
  const never: HealthSources = {
    ...sources(both('DRAINING', 'DRAINING')),
    components: () => new Promise(() => {}),
  };
  const app = createHealthApi(never);
  expect((await app.request('/health/live')).status).toBe(200);
  expect((await app.request('/health/ready')).status).toBe(503);
});

test('the whole report has every component with its latency, and every breaker', async () => {
  const breaker = {
    ...{ dependency: 'temporal', state: 'closed' as const, forMs: 9 },
    ...{ successes: 1, failures: 0, rejected: 0, opened: 0 },
  };
  const app = createHealthApi({ ...sources(running, [temporal]), breakers: () => [breaker] });
  const answer = await app.request('/health');
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      ...{ status: 'ready', version: expect.any(String) as string, workers: running },
      ...{ components: [temporal], breakers: [breaker] },
    },
  ]);
  expect(
    (await createHealthApi(sources(running, [down(temporal)])).request('/health')).status,
  ).toBe(503);
});

test('each probe sees the workers as they are now, until the server is closed', async () => {
  let states = both('RUNNING', 'INITIALIZED');
  const port = await freePort();
  const now = { ...sources(undefined), states: () => states };
  serving = await serveHealth({ port, address: '127.0.0.1' }, now);
  const { url } = serving;
  const ready = () => fetch(`${url}/health/ready`);
  expect((await ready()).status).toBe(503);
  states = running;
  expect(await (await ready()).json()).toEqual({ status: 'ready', workers: running });
  await serving.close();
  serving = undefined;
  await expect(ready()).rejects.toThrow('fetch failed');
});

test('a port that somebody has stops the worker before it takes up work', async () => {
  const health = { port: await freePort(), address: '127.0.0.1' };
  serving = await serveHealth(health, sources(undefined));
  await expect(serveHealth(health, sources(undefined))).rejects.toThrow('EADDRINUSE');
});

test('Prometheus gets what it understands, even while the worker starts', async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'up_for 1\n' };
  const answer = await createHealthApi(sources(undefined), metrics).request('/metrics');
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    ...[200, 'text/plain; version=0.0.4', 'up_for 1\n'],
  ]);
});
