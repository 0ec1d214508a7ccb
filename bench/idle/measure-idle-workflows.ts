import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createSpecActivities } from '../../activities/kernel/spec.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import {
  searchAttributeNames,
  searchAttributeType,
} from '../../src/contracts/kernel/search-attributes.ts';
import { agentTaskQueue } from '../../src/contracts/kernel/agent.ts';
import { watchTaskQueue } from '../../src/contracts/kernel/task-queues.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { workflowIdOf } from '../../src/kinds/locks.ts';
import { resolveSpecOf } from '../../src/specs/registry.ts';
import { untracedWorkflows } from '../../src/telemetry/tracing/trace-workflows.ts';
import { workflowCode } from '../../workers/workflow-code.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import { idleActivities, idleAgent } from './idle-activities.ts';
import { environment, idleAgentName, type IdleFamily } from './idle-families.ts';

export interface IdleFigures {
  family: string;
  what: string;
  kibEach: number;
}

const taskQueue = 'bench-idle';
/** Activities that never end are many, and cost nothing that is measured: they are not in the heap of workflows. */
const aside = { maxConcurrentActivityTaskExecutions: 10_000 };
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
      ...{ connection, taskQueue, activities, ...aside },
      ...workflowCode(false),
      sinks: untracedWorkflows,
      // In the main thread, so that its heap is the one that is measured.
      debugMode: true,
      maxCachedWorkflows: 10_000,
    }),
    await Worker.create({
      ...{ connection, taskQueue: watchTaskQueue(taskQueue), activities, ...aside },
    }),
    await Worker.create({
      ...{ connection, taskQueue: agentTaskQueue(idleAgentName), activities: idleAgent, ...aside },
    }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  const figures: IdleFigures[] = [];
  for (const family of families) {
    progress(`${count}: ${family.what}`);
    figures.push(await measureFamily(env, family, count));
  }
  for (const worker of workers) worker.shutdown();
  await running;
  await env.teardown();
  return figures;
}

async function measureFamily(
  { client }: TestWorkflowEnvironment,
  { kind, what, waitsIn, specOf }: IdleFamily,
  count: number,
): Promise<IdleFigures> {
  const start = async (from: number, to: number) => {
    const handles: WorkflowHandle[] = [];
    for (let n = from; n < to; n++) {
      const name = `shop-${n}`;
      const workflowId = workflowIdOf(kind, { environment, name });
      const args = [specOf(name)];
      handles.push(await client.workflow.start(kind.workflowType, { taskQueue, workflowId, args }));
    }
    for (const handle of handles) await until(`${what} is idle`, () => isIdle(handle, waitsIn));
    await quiet();
    return heapBytes();
  };
  const before = await start(0, warmUps);
  const after = await start(warmUps, warmUps + count);
  return { family: kind.family, what, kibEach: (after - before) / count / 1024 };
}

async function isIdle(handle: WorkflowHandle, waitsIn: readonly string[]): Promise<boolean> {
  const { status, raw } = await handle.describe();
  if (status.name !== 'RUNNING') throw new Error(`${handle.workflowId} is ${status.name}`);
  const pending = (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
  return pending.toSorted().join() === waitsIn.join();
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
