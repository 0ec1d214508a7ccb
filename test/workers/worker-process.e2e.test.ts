/** `workers/control` as a process of its own, as whoever keeps it running sees it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { checkBreakers } from '../../src/cli/doctor/check-breakers.ts';
import type { HealthReport } from '../../src/contracts/kernel/health.ts';
import { statusQuery } from '../../src/contracts/kernel/messages.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { workflowTypes } from '../../src/kinds/workflow-types.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { builtProgram } from '../fixtures/built.ts';
import { eventually } from '../fixtures/eventually.ts';
import { devServer } from '../fixtures/temporal.ts';
import { PlatformProcess, refTo } from '../local-platform/platform-process.ts';

const platform = new PlatformProcess();
const release = (version: string) => ({ version, inProcess: { status: 200 } });
const worker = await builtProgram('workers/control');
let env: TestWorkflowEnvironment;
let child: ChildProcess | undefined;
let health = '';

beforeAll(async () => {
  env = await devServer();
  await platform.start();
});
afterEach(() => {
  child?.kill('SIGKILL');
});
afterAll(async () => {
  await platform.clear();
  await env.teardown();
});

async function startWorker(settings: Record<string, string> = {}): Promise<ChildProcess> {
  const port = await freePort();
  health = `http://127.0.0.1:${port}/health`;
  child = spawn(process.execPath, worker, {
    env: {
      ...process.env,
      BELAY_HOME: platform.home,
      BELAY_HEALTH_PORT: String(port),
      BELAY_DRAIN: '5s',
      TEMPORAL_ADDRESS: env.address,
      ...settings,
    },
    stdio: 'ignore',
  });
  await eventually(async () => expect((await fetch(`${health}/ready`)).status).toBe(200), 60_000);
  return child;
}

/** A server that fails every query until it is said to answer. */
async function startPrometheus(): Promise<{ url: string; answers: boolean }> {
  const result = [{ metric: {}, value: [0, '1'] }];
  const one = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
  const server = createServer((_, response) => {
    if (served.answers) response.setHeader('content-type', 'application/json').end(one);
    else response.writeHead(503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const served = { url: `http://127.0.0.1:${port}`, answers: false };
  return served;
}

async function report(): Promise<{ code: number; report: HealthReport }> {
  const answer = await fetch(health);
  return { code: answer.status, report: (await answer.json()) as HealthReport };
}

test('tells of everything it works with, and doctor repeats it', async () => {
  const { pid } = await startWorker({ BELAY_PROMETHEUS_URL: 'http://127.0.0.1:1' });
  expect(await report()).toMatchObject({
    code: 200,
    report: {
      status: 'degraded',
      workers: { acts: 'RUNNING', watches: 'RUNNING', alerts: 'RUNNING' },
      components: [
        { name: 'temporal', isRequired: true, state: 'up', latencyMs: expect.any(Number) },
        { name: 'ledger', isRequired: false, state: 'up', detail: expect.any(String) },
        { name: 'local-platform', isRequired: false, state: 'up', detail: '0 services' },
        { name: 'prometheus', isRequired: false, state: 'down' },
      ],
    },
  });
  await eventually(async () => {
    const { breakers } = (await report()).report;
    expect(breakers.map(({ dependency, state }) => [dependency, state])).toContainEqual([
      ...['prometheus/127.0.0.1:1', 'open'],
    ]);
  });
  const metrics = await (await fetch(health.replace('/health', '/metrics'))).text();
  expect(metrics).toMatch(/^circuit_breaker_state{dependency="prometheus\/127.0.0.1:1"} [12]$/m);
  const findings = await checkBreakers({ home: platform.home });
  const ofWorker = findings.filter(({ check }) => check === `Worker ${pid}`);
  expect(ofWorker.map(({ detail }) => detail).join('\n')).toMatch(
    /breaker of prometheus\/127.0.0.1:1 (open|half-open) for/,
  );
});

test('closes its breakers when it is told to, and goes on', async () => {
  const prometheus = await startPrometheus();
  const { pid = 0 } = await startWorker({
    BELAY_PROMETHEUS_URL: prometheus.url,
    BELAY_BREAKER_FAILURES: '1',
    // More than it can have here: only the signal closes it.
    BELAY_BREAKER_SUCCESSES: '10000',
  });
  const shown = async () => {
    await report();
    const text = await (await fetch(health.replace('/health', '/metrics'))).text();
    return /^circuit_breaker_state{dependency="prometheus.*"} (\d)$/m.exec(text)?.[1];
  };
  await eventually(async () => expect(await shown()).toMatch(/[12]/));
  prometheus.answers = true;
  process.kill(pid, 'SIGUSR2');
  await eventually(async () => expect(await shown()).toBe('0'));
  expect((await fetch(`${health}/ready`)).status).toBe(200);
});

test('one that is told to stop is unready at once, and another one finishes what it held', async () => {
  const shop = refTo('shop');
  await platform.firstRelease(shop, release('v1'), 1);
  const stopping = await startWorker();
  const workflowId = rolloutWorkflowId(shop);
  const handle = await env.client.workflow.start(workflowTypes.canary, {
    ...{ workflowId, taskQueue: 'belay' },
    args: [
      {
        ...shop,
        ...{ release: release('v2'), replicas: 1, stages: [{ weight: 50, hold: '10m' }] },
        analysis: 'none',
      },
    ],
  });
  const holding = async () => {
    const { phase } = await handle.query<RolloutStatus>(statusQuery);
    if (phase !== 'holding') throw new Error(`still ${phase}`);
  };
  await eventually(holding, 60_000);

  const ended = once(stopping, 'exit');
  stopping.kill('SIGTERM');
  await eventually(async () => {
    const ready = await fetch(`${health}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'draining' }]);
    expect((await fetch(`${health}/live`)).status).toBe(200);
  }, 3_000);
  expect(await ended).toEqual([0, null]);

  await startWorker();
  await eventually(() => handle.executeUpdate('promote', { args: [{ by: 'ana', stage: 50 }] }));
  const { outcome } = (await handle.result()) as RolloutReport;
  const { revision, canaryWeight, canary, stable } = await platform.service(shop);
  expect({ outcome, revision, canaryWeight, canary, version: stable?.release.version }).toEqual({
    ...{ outcome: 'Promoted', revision: 2, canaryWeight: 0, canary: undefined, version: 'v2' },
  });
});
