/** `workers/gateway` as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { homeLayout } from '../../src/config/home.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { readRunFile } from '../../src/processes/run-file.ts';
import { builtProgram } from '../fixtures/built.ts';
import { eventually } from '../fixtures/eventually.ts';
import { devServer } from '../fixtures/temporal.ts';
import { firing, notificationOf } from '../gateway/gateway-on-loopback.ts';

const home = mkdtempSync(join(tmpdir(), 'belay-gateway-'));
const runFile = z.object({ pid: z.number(), url: z.string() });
const gateway = await builtProgram('workers/gateway');
let env: TestWorkflowEnvironment;
let child: ChildProcess | undefined;
let output = '';

beforeAll(async () => {
  env = await devServer();
});
afterEach(() => {
  child?.kill('SIGKILL');
});
afterAll(async () => {
  await env.teardown();
  rmSync(home, { recursive: true });
});

async function start(settings: Record<string, string>): Promise<ChildProcess> {
  output = '';
  const started = spawn(process.execPath, gateway, {
    env: {
      ...process.env,
      BELAY_HOME: home,
      BELAY_GATEWAY_PORT: String(await freePort()),
      TEMPORAL_ADDRESS: env.address,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child = started;
  return started;
}

it('does not start where others could reach it without a credential', async () => {
  const started = await start({ BELAY_GATEWAY_ADDRESS: '0.0.0.0' });
  expect(await once(started, 'exit')).toEqual([1, null]);
  expect(output).toMatch(/BELAY_GATEWAY_TOKEN_FILE: missing/);
});

it('says where it listens, takes alerts without a worker, and ends when told to', async () => {
  const tokenFile = join(home, 'tokens');
  writeFileSync(tokenFile, 'alertmanager a-token-of-the-tests\n');
  const healthPort = String(await freePort());
  const started = await start({
    BELAY_GATEWAY_TOKEN_FILE: tokenFile,
    BELAY_HEALTH_PORT: healthPort,
  });
  const { url } = await eventually(async () => {
    const found = await readRunFile(homeLayout(home).gatewayRun, runFile);
    if (found === undefined || found.pid !== started.pid)
      throw new Error(`it does not run: ${output}`);
    return found;
  });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const answer = await fetch(`${url}/v1/alerts`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-of-the-tests' },
    body: JSON.stringify(notificationOf(firing({ deployment: 'shop', namespace: 'demo' }))),
  });
  const { started: alertIds } = (await answer.json()) as { started: string[] };
  const response = await env.client.workflow.getHandle(alertIds[0] ?? '').describe();
  expect([response.status.name, response.type]).toEqual(['RUNNING', 'respondToAlert']);
  expect((await fetch(`${url}/v1/alerts`, { method: 'POST' })).status).toBe(401);
  expect((await fetch(`${url}/wp-login.php`)).status).toBe(401);
  const metrics = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
  for (const series of ['alerts",status="200', 'alerts",status="401', 'other",status="401']) {
    expect(metrics).toContain(`belay_gateway_requests_total{route="${series}"} 1\n`);
  }
  const ended = once(started, 'exit');
  started.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await readRunFile(homeLayout(home).gatewayRun, runFile)).toBeUndefined();
});

it('is unready before it takes no more, and loses nothing of what came until then', async () => {
  const tokenFile = join(home, 'tokens');
  writeFileSync(tokenFile, 'a-token-of-the-tests\n');
  const healthPort = await freePort();
  const started = await start({
    BELAY_GATEWAY_TOKEN_FILE: tokenFile,
    BELAY_GATEWAY_ADDRESS: '0.0.0.0',
    BELAY_HEALTH_PORT: String(healthPort),
    BELAY_DRAIN: '6s',
  });
  const health = `http://127.0.0.1:${healthPort}`;
  const { url } = await eventually(async () => {
    const found = await readRunFile(homeLayout(home).gatewayRun, runFile);
    if (found === undefined || found.pid !== started.pid)
      throw new Error(`it does not run: ${output}`);
    return found;
  });
  const here = url.replace('0.0.0.0', '127.0.0.1');
  expect((await fetch(`${health}/health/ready`)).status).toBe(200);
  const ended = once(started, 'exit');
  started.kill('SIGTERM');
  await eventually(async () => {
    expect((await fetch(`${health}/health/ready`)).status).toBe(503);
  }, 5_000);
  const alert = firing({ deployment: 'late', namespace: 'demo' });
  const answer = await fetch(`${here}/v1/alerts`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-of-the-tests' },
    body: JSON.stringify(notificationOf(alert)),
  });
  expect(answer.status).toBe(200);
  expect(await (await fetch(`${health}/metrics`)).text()).toMatch(
    /^belay_gateway_alerts_total{result="started"} 1$/m,
  );
  const { started: alertIds } = (await answer.json()) as { started: string[] };
  expect(await ended).toEqual([0, null]);
  const response = await env.client.workflow.getHandle(alertIds[0] ?? '').describe();
  expect(response.status.name).toBe('RUNNING');
});
