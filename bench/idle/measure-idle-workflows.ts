import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createSpecActivities } from '../../activities/kernel/spec.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import {
  searchAttributeNames,
  searchAttributeType,
} from '../../src/contracts/kernel/search-attributes.ts';
import { watchTaskQueue } from '../../src/contracts/kernel/task-queues.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { resolveSpecOf } from '../../src/specs/registry.ts';
import { untracedWorkflows } from '../../src/telemetry/tracing/trace-workflows.ts';
import { workflowCode } from '../../workers/workflow-code.ts';
import { progress } from '../report/tell.ts';
import type { IdleFamily } from './idle-families.ts';
import { idleActivities } from './idle-activities.ts';

export interface IdleFigures {
  family: string;
  what: string;
  kibEach: number;
}

const taskQueue = 'bench-idle';
/** The first workflows also pay for code that all share. */
const warmUps = 20;

export async function measureIdleWorkflows(
  families: readonly IdleFamily[],
  count: number,
): Promise<IdleFigures[]> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const env = await startServer();
  const activities = {
    // A watch that never ends sends no heartbeats either.
    ...createSpecActivities({ ...loadConfig().rollouts, blindTimeMs: 86_400_000 }, resolveSpecOf),
    ...idleActivities,
  };
  const connection = env.nativeConnection;
  const workers = [
    await Worker.create({
      ...{ connection, taskQueue, activities },
      ...workflowCode(false),
      sinks: untracedWorkflows,
      // In the main thread, so that its heap is the one that is measured.
      debugMode: true,
      maxCachedWorkflows: 10_000,
    }),
    await Worker.create({
      ...{ connection, taskQueue: watchTaskQueue(taskQueue), activities },
      maxConcurrentActivityTaskExecutions: 10_000,
    }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  const figures: IdleFigures[] = [];
  for (const family of families) {
    progress(`${count} of ${family.family}`);
    figures.push(await measureFamily(env, family, count));
  }
  for (const worker of workers) worker.shutdown();
  await running;
  await env.teardown();
  return figures;
}

async function measureFamily(
  { client }: TestWorkflowEnvironment,
  { family, what, workflowType, workflowId, args }: IdleFamily,
  count: number,
): Promise<IdleFigures> {
  const start = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      await client.workflow.start(workflowType, {
        ...{ taskQueue, workflowId: workflowId(n), args: args(n) },
      });
    }
    await quiet();
    return heapBytes();
  };
  const before = await start(0, warmUps);
  const after = await start(warmUps, warmUps + count);
  return { family, what, kibEach: (after - before) / count / 1024 };
}

/** Until the heap has stopped growing. */
async function quiet(): Promise<void> {
  let last = 0;
  for (;;) {
    await delay(3_000);
    const now = heapBytes();
    if (Math.abs(now - last) < 512 * 1024) return;
    last = now;
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function startServer(): Promise<TestWorkflowEnvironment> {
  const { path } = await locateTemporal({ cache: loadConfig().cache });
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      extraArgs: Object.values(searchAttributeNames).flatMap((name) => [
        '--search-attribute',
        `${name}=${searchAttributeType(name)}`,
      ]),
    },
  });
}
