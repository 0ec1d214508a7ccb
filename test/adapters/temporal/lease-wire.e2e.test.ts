import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLeaseWire } from '../../../src/adapters/temporal/lease-wire.ts';
import type { LeaseWire } from '../../../src/contracts/recovery/lease-wire.ts';
import { devServer } from '../../fixtures/temporal.ts';
import type { holdOnce } from './lease-workflows.ts';

const taskQueue = 'leases';
const withinMs = 5_000;
const heartbeat = { atMs: 1, lsn: '0/5000000', leaseMs: 2_000 };

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
/** By the ID of its workflow. */
const wires = new Map<string, (wire: LeaseWire) => void>();

beforeAll(async () => {
  env = await devServer();
  worker = await Worker.create({
    ...{ connection: env.nativeConnection, taskQueue },
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('lease-workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
    activities: {
      hold: async () => {
        const { client, info } = Context.current();
        const { taskToken, activityId, workflowExecution } = info;
        if (workflowExecution === undefined) throw new Error('it is of a workflow');
        const token = Buffer.from(taskToken).toString('base64');
        const wire = createLeaseWire(client, { ...workflowExecution, activityId, token });
        wires.get(workflowExecution.workflowId)?.(wire);
        throw new CompleteAsyncError();
      },
    },
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
});

async function hold() {
  const workflowId = randomUUID();
  const wire = new Promise<LeaseWire>((resolve) => wires.set(workflowId, resolve));
  const handle = await env.client.workflow.start<typeof holdOnce>('holdOnce', {
    ...{ taskQueue, workflowId },
  });
  return { handle, wire: await wire };
}

describe('what Temporal says to a lease', () => {
  it('is that heartbeats were missed, once it has timed the activity out, and what the last one said', async () => {
    const { handle, wire } = await hold();
    expect(await wire.beat(heartbeat, withinMs)).toBe('accepted');
    expect(await wire.howEnded(withinMs)).toBe('open');
    expect(await handle.result()).toEqual({ type: 'HEARTBEAT', last: heartbeat });
    expect(await wire.beat(heartbeat, withinMs)).toBe('gone');
    expect(await wire.howEnded(withinMs)).toBe('timed-out');
  });

  it('is that it has ended otherwise where the agent failed it', async () => {
    const { handle, wire } = await hold();
    await wire.fail('the agent stopped', withinMs);
    await expect(handle.result()).rejects.toThrow();
    expect(await wire.beat(heartbeat, withinMs)).toBe('gone');
    expect(await wire.howEnded(withinMs)).toBe('ended');
    await wire.fail('the agent stopped', withinMs);
  });

  it('is that its run does not want it, and then that it has ended, where that is cancelled or terminated', async () => {
    const { handle, wire } = await hold();
    await handle.cancel();
    await sleep(500);
    expect(await wire.beat(heartbeat, withinMs)).toBe('cancelled');
    await handle.terminate();
    expect(await wire.beat(heartbeat, withinMs)).toBe('gone');
    expect(await wire.howEnded(withinMs)).toBe('ended');
  });

  it('is nothing where it does not answer in time', async () => {
    const { handle, wire } = await hold();
    await expect(wire.beat(heartbeat, 0)).rejects.toThrow();
    await handle.terminate();
  });
});
