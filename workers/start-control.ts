import { Client } from '@temporalio/client';
import type { State, WorkerOptions } from '@temporalio/worker';
import { Runtime, Worker } from '@temporalio/worker';
import { Breakers } from '../src/adapters/breakers/breakers.ts';
import { tracing } from '../src/adapters/telemetry/tracing.ts';
import { connectWorker, openPayloads } from '../src/adapters/temporal/connection.ts';
import { nameLedger } from '../src/adapters/ledger/name-ledger.ts';
import { nameInstallation } from '../src/adapters/temporal/installation.ts';
import { runAsAttempt } from '../src/adapters/temporal/run-as-attempt.ts';
import { ensureSearchAttributes } from '../src/adapters/temporal/search-attributes.ts';
import type { CacheReport } from '../src/contracts/kernel/caches.ts';
import type { Config } from '../src/config/config.ts';
import { alertTaskQueue } from '../src/contracts/kernel/messages.ts';
import { watchTaskQueue } from '../src/contracts/kernel/task-queues.ts';
import { checkComponents, type CheckComponents } from '../src/health/check-components.ts';
import { nameRun } from '../src/telemetry/logs/name-run.ts';
import { BelayMetrics } from '../src/telemetry/metrics/belay-metrics.ts';
import { countActivities, type Queue } from '../src/telemetry/metrics/count-activities.ts';
import { traceWorker } from '../src/telemetry/tracing/trace-worker.ts';
import { openCaches } from '../src/adapters/caches/open-caches.ts';
import {
  ledgerComponent,
  platformComponents,
  prometheusComponent,
  redisComponent,
  temporalComponent,
} from './components.ts';
import { createActs, createAlerts } from './control-acts.ts';
import { openControlParts } from './control-parts.ts';
import { createWatches } from './control-watches.ts';
import { scheduleJanitor } from './janitor-schedule.ts';
import { refreshMetrics } from './refresh-metrics.ts';
import { versionOfWorkers } from './version-of-workers.ts';
import { encodeFailures, workflowCode } from './workflow-code.ts';

/** What a composition root may add or shorten: interceptors, timeouts. */
export type ControlOptions = Pick<
  WorkerOptions,
  'interceptors' | 'sinks' | 'workflowBundle' | 'stickyQueueScheduleToStartTimeout'
>;

export interface Control {
  /** Resolves when all workers have drained after a shutdown. */
  run(): Promise<void>;
  shutdown(): void;
  /** How each of the workers is. */
  states(): Record<Queue, State>;
  /** Asks everything that this worker works with. */
  components: CheckComponents;
  caches(): CacheReport[];
  close(): Promise<void>;
}

/** Connects and wires everything; nothing is polled before `run`. */
export async function startControl(
  config: Config,
  options: ControlOptions = {},
  metrics: BelayMetrics = new BelayMetrics(),
  breakers: Breakers = new Breakers(config.breakers),
): Promise<Control> {
  const encrypts = config.payloadKeysFile !== undefined;
  const payloads = openPayloads(config, ({ message }) => {
    Runtime.instance().logger.warn(`payload keys stay as they were: ${message}`);
  });
  const { connection, namespace } = await connectWorker(config);
  const traced = tracing();
  const client = new Client({
    connection,
    namespace,
    dataConverter: payloads,
    ...(traced && { interceptors: { workflow: [traced.client] } }),
  });
  try {
    await ensureSearchAttributes(connection, namespace);
    // Before anything is polled: who cannot read the present schedule could not read a rollout.
    await scheduleJanitor(client, config);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const installation = await nameInstallation(connection, namespace);
  const guardOf = (dependency: string) => breakers.guard(dependency);
  const caches = openCaches(config, { of: `${installation}/${nameLedger(config)}`, guardOf });
  const parts = openControlParts({ config, client, installation, guardOf });
  const { ledger, onPlatforms, sources, temporal } = parts;

  const common = {
    connection,
    namespace,
    dataConverter: { ...payloads, ...(encrypts && encodeFailures) },
    shutdownGraceTime: config.drainMs,
    shutdownForceTime: 2 * config.drainMs,
    maxHeartbeatThrottleInterval: '10 min',
    ...versionOfWorkers(config),
  } satisfies Partial<WorkerOptions>;
  const { sinks, activity } = traceWorker(traced);
  const observed = (queue: Queue) => ({
    ...options.interceptors,
    activity: [
      nameRun,
      runAsAttempt,
      ...activity,
      countActivities(metrics, queue),
      ...(options.interceptors?.activity ?? []),
    ],
  });
  const code = options.workflowBundle === undefined ? workflowCode(encrypts) : {};
  const control = await Worker.create({
    ...common,
    ...code,
    ...options,
    sinks: { ...sinks, ...options.sinks },
    interceptors: { ...code.interceptors, ...observed('acts') },
    taskQueue: config.taskQueue,
    activities: await createActs(parts, metrics),
    maxConcurrentActivityTaskExecutions: config.actSlots,
    maxCachedWorkflows: config.cachedWorkflows,
  });
  const watch = await Worker.create({
    ...common,
    interceptors: observed('watches'),
    taskQueue: watchTaskQueue(config.taskQueue),
    activities: createWatches(parts, metrics),
    maxConcurrentActivityTaskExecutions: config.watchSlots,
  });
  const alert = await Worker.create({
    ...common,
    interceptors: observed('alerts'),
    taskQueue: alertTaskQueue(config.taskQueue),
    activities: createAlerts(parts),
    maxConcurrentActivityTaskExecutions: config.alertSlots,
  });
  const warmUp = refreshMetrics(metrics, {
    ...{ client, temporal, ledger, caches },
    workers: [
      { queue: 'acts', worker: control, slots: config.actSlots },
      { queue: 'watches', worker: watch, slots: config.watchSlots },
      { queue: 'alerts', worker: alert, slots: config.alertSlots },
    ],
  });

  if (config.health !== undefined) void warmUp().catch(() => undefined);

  return {
    run: () => runTogether([control, watch, alert]),
    shutdown: () => {
      control.shutdown();
      watch.shutdown();
      alert.shutdown();
    },
    states: () => ({
      acts: control.getState(),
      watches: watch.getState(),
      alerts: alert.getState(),
    }),
    components: checkComponents(async () => [
      temporalComponent(client, temporal),
      ledgerComponent(ledger),
      ...(caches.redis === undefined ? [] : [redisComponent(caches.redis)]),
      ...(await platformComponents(config, onPlatforms)),
      ...(config.prometheus.address === undefined
        ? []
        : [prometheusComponent(sources.askPrometheus)]),
    ]),
    caches: caches.reports,
    close: async () => {
      await caches.close();
      await parts.close();
      await connection.close();
    },
  };
}

/** One that fails takes the others down with it: half a worker would look alive. */
async function runTogether(workers: Worker[]): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
  }
}
