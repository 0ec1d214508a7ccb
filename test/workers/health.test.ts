import type { State } from '@temporalio/worker';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../src/embedded/ports.ts';
import {
  createHealthApi,
  judgeHealth,
  serveHealth,
  type HealthServer,
  type WorkerStates,
} from '../../workers/health.ts';

let serving: HealthServer | undefined;
afterEach(async () => {
  await serving?.close();
  serving = undefined;
});

const both = (acts: State, watches: State): WorkerStates => ({ acts, watches });

test.each([
  ['not made yet', undefined, 'starting'],
  ['made, and one does not poll yet', both('RUNNING', 'INITIALIZED'), 'starting'],
  ['both poll', both('RUNNING', 'RUNNING'), 'ready'],
  ['told to stop', both('STOPPING', 'STOPPING'), 'draining'],
  ['finishing what they hold', both('DRAINING', 'DRAINED'), 'draining'],
  ['one has failed while the other still polls', both('FAILED', 'RUNNING'), 'draining'],
] as const)('workers %s: the process is %s', (_, states, health) => {
  expect(judgeHealth(states)).toBe(health);
});

test.each([
  ['starting', undefined, { live: 200, startup: 503, ready: 503 }],
  ['ready', both('RUNNING', 'RUNNING'), { live: 200, startup: 200, ready: 200 }],
  ['draining', both('DRAINING', 'DRAINING'), { live: 200, startup: 200, ready: 503 }],
] as const)('a worker that is %s is never killed for it', async (status, states, expected) => {
  const app = createHealthApi(() => states);
  for (const [probe, code] of Object.entries(expected)) {
    const answer = await app.request(`/health/${probe}`);
    expect([probe, answer.status]).toEqual([probe, code]);
    expect(await answer.json()).toMatchObject({ status });
  }
});

test('each probe sees the workers as they are now, until the server is closed', async () => {
  let states = both('RUNNING', 'INITIALIZED');
  const port = await freePort();
  serving = await serveHealth({ port, address: '127.0.0.1' }, () => states);
  const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`);
  expect((await ready()).status).toBe(503);
  states = both('RUNNING', 'RUNNING');
  expect(await (await ready()).json()).toEqual({
    status: 'ready',
    workers: { acts: 'RUNNING', watches: 'RUNNING' },
  });
  await serving.close();
  serving = undefined;
  await expect(ready()).rejects.toThrow();
});

test('a port that somebody has stops the worker before it takes up work', async () => {
  const health = { port: await freePort(), address: '127.0.0.1' };
  serving = await serveHealth(health, () => undefined);
  await expect(serveHealth(health, () => undefined)).rejects.toThrow('EADDRINUSE');
});

test('Prometheus gets what it understands, even while the worker starts', async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'up_for 1\n' };
  const answer = await createHealthApi(() => undefined, metrics).request('/metrics');
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    ...[200, 'text/plain; version=0.0.4', 'up_for 1\n'],
  ]);
});
