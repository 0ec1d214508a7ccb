/** Days are seconds here: the server is away for three times the interval of its schedule. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySchedule, readSchedule } from '../../../src/adapters/temporal/schedules.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { startDevServer, type DevServer } from '../../../src/embedded/dev-server.ts';
import { locateTemporal } from '../../../src/embedded/locate.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { resolveSchedule } from '../../../src/specs/kernel/resolve-schedule.ts';
import { untracedWorkflows } from '../../../src/telemetry/tracing/trace-workflows.ts';
import { builtWorkflows } from '../../fixtures/built.ts';
import { eventually } from '../../fixtures/eventually.ts';

const taskQueue = 'long-absence';
const intervalSeconds = 15;

let home: string;
let server: DevServer;
let start: () => Promise<DevServer>;
let client: Client;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-absence-'));
  const { path: executable } = await locateTemporal({ cache: loadConfig().cache });
  const [port, uiPort] = [await freePort(), await freePort()];
  start = () => startDevServer({ executable, home, port, uiPort });
  server = await start();
  client = new Client({ connection: await Connection.connect({ address: server.address }) });
});

afterAll(async () => {
  await client.connection.close();
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

describe('a schedule while everything is off for three of its intervals', () => {
  it('starts one run once all is back, and says what it missed', async () => {
    const resolution = resolveSchedule({ every: '1d', catchUp: '10s' });
    if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
    // Shorter than anybody may write it.
    const schedule = { ...resolution.spec, timing: { everyMs: intervalSeconds * 1_000 } };
    const scheduleId = 'backup/demo/shop/default';
    await applySchedule(client, {
      start: {
        ...{ scheduleId, kind: 'backup', workflowType: 'backup', workflowId: 'backup/demo/shop' },
        ...{ subject: { environment: 'demo', name: 'shop' }, spec: {}, schedule: {} },
      },
      ...{ schedule, taskQueue, alsoAtMs: [], except: [] },
    });
    // No worker takes this one up either.
    await eventually(async () => expect((await known(scheduleId)).past).toHaveLength(1));

    const workflowBundle = await builtWorkflows();
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    await sleep(3.2 * intervalSeconds * 1_000);
    server = await start();
    const connection = await NativeConnection.connect({ address: server.address });
    const worker = await Worker.create({
      ...{ connection, taskQueue, workflowBundle },
      sinks: untracedWorkflows,
    });
    await worker.runUntil(async () => {
      await eventually(async () => expect(await runs()).toBeGreaterThan(0));
      expect(await runs()).toBe(1);
      expect((await known(scheduleId)).missed).toBeGreaterThanOrEqual(2);
    });
    await connection.close();
  });
});

async function known(scheduleId: string) {
  const found = await readSchedule(client, scheduleId, 10);
  if (found === undefined) throw new Error(`there is no ${scheduleId}`);
  return found;
}

async function runs(): Promise<number> {
  return (await client.workflow.count("WorkflowType = 'backup'")).count;
}
