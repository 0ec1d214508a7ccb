/** An alert's workflow on activities that answer as they are told: those of alerts, and no others. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startAlertResponse } from '../../../src/adapters/temporal/start-alert-response.ts';
import type {
  Alert,
  AlertActivities,
  AlertResponse,
} from '../../../src/contracts/rollouts/alerts.ts';
import { alertTaskQueue } from '../../../src/contracts/kernel/messages.ts';
import { untracedWorkflows } from '../../../src/telemetry/tracing/trace-workflows.ts';
import { builtWorkflows } from '../../fixtures/built.ts';
import { devServer } from '../../fixtures/temporal.ts';

const taskQueue = `alerts-${randomUUID()}`;
let env: TestWorkflowEnvironment;
let workers: Worker[] = [];
let running: Promise<unknown> = Promise.resolve();

const open = {
  ...{ rolloutId: 'r-3', runId: 'run', kind: 'canary' as const, version: 'v3' },
  ...{ phase: 'holding' as const, trafficSinceMs: 1 },
};
const aborting: AlertActivities = {
  lookAtService: () =>
    Promise.resolve({
      service: { service: 'shop', environment: 'demo', open, history: [], earlier: [] },
      undoWindowMs: 60_000,
    }),
  abortRollout: () => Promise.resolve({ accepted: true }),
  readEnding: () => Promise.resolve({ outcome: 'RolledBack', reason: 'aborted', endedAtMs: 2 }),
  recordResponse: () => Promise.resolve(),
};
let acting = aborting;
const away = () =>
  Promise.reject(ApplicationFailure.nonRetryable('the cluster has not answered for 5 minutes'));

beforeAll(async () => {
  env = await devServer();
  const connection = env.nativeConnection;
  workers = await Promise.all([
    // No slot for any activity, as where rollouts keep all of them busy.
    Worker.create({
      ...{ connection, taskQueue, workflowBundle: await builtWorkflows() },
      sinks: untracedWorkflows,
    }),
    Worker.create({
      ...{ connection, taskQueue: alertTaskQueue(taskQueue) },
      activities: {
        lookAtService: (alert: Alert) => acting.lookAtService(alert),
        abortRollout: (order: Parameters<AlertActivities['abortRollout']>[0]) =>
          acting.abortRollout(order),
        readEnding: (closing: Parameters<AlertActivities['readEnding']>[0]) =>
          acting.readEnding(closing),
        recordResponse: (response: AlertResponse) => acting.recordResponse(response),
      },
    }),
  ]);
  running = Promise.all(workers.map((worker) => worker.run()));
});
afterEach(() => {
  acting = aborting;
});
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await env.teardown();
});

function firing(): Alert {
  const nowMs = Date.now();
  return {
    ...{ fingerprint: randomUUID(), name: 'HighErrorRate', status: 'firing' },
    ...{ startsAtMs: nowMs, receivedAtMs: nowMs },
    subject: { service: 'shop', environment: 'demo' },
  };
}

/** As a notification does. */
async function notify(alert: Alert) {
  const { alertId, known } = await startAlertResponse(env.client, taskQueue, alert);
  const result = env.client.workflow.getHandle(alertId).result() as Promise<AlertResponse>;
  return { known, result };
}

it('starts again with the next notification where the service could not be read, and only there', async () => {
  const alert = firing();
  acting = { ...aborting, lookAtService: away };
  const first = await notify(alert);
  expect(first.known).toBe(false);
  await expect(first.result).rejects.toMatchObject({
    cause: {
      type: 'AlertUndecided',
      message: expect.stringMatching(/the cluster has not answered .* starts this again/) as string,
    },
  });
  acting = aborting;
  const repeat = await notify(alert);
  expect(repeat.known).toBe(false);
  expect(await repeat.result).toMatchObject({ action: 'abort', ending: { outcome: 'RolledBack' } });
  expect((await notify(alert)).known).toBe(true);
});

it('starts again where the abort did not reach the rollout', async () => {
  const alert = firing();
  acting = { ...aborting, abortRollout: away };
  await expect((await notify(alert)).result).rejects.toThrow();
  acting = aborting;
  const repeat = await notify(alert);
  expect([repeat.known, (await repeat.result).action]).toEqual([false, 'abort']);
});

it('aborts while the ledger is away, and writes into it later', async () => {
  let isAway = true;
  const written: AlertResponse[] = [];
  acting = {
    ...aborting,
    abortRollout: () => {
      setTimeout(() => (isAway = false), 1_500);
      return Promise.resolve({ accepted: true });
    },
    recordResponse: (response) => {
      if (isAway) return Promise.reject(new Error('EIO: the share does not answer'));
      written.push(response);
      return Promise.resolve();
    },
  };
  const response = await (await notify(firing())).result;
  expect(response).toMatchObject({ action: 'abort', ending: { outcome: 'RolledBack' } });
  expect(written.at(-1)).toEqual(response);
});
