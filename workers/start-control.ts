import { Client } from '@temporalio/client';
import type { State, WorkerOptions } from '@temporalio/worker';
import { Runtime, Worker } from '@temporalio/worker';
import { createCatalogueActivities } from '../activities/backups/catalogue.ts';
import { createMeshFaultActivities } from '../activities/chaos/mesh-faults.ts';
import { createPodFaultActivities } from '../activities/chaos/pod-faults.ts';
import { createTrackFaultActivities } from '../activities/chaos/track-faults.ts';
import { createTrackWatchActivities } from '../activities/chaos/track-watch.ts';
import { createQueryWatchActivities } from '../activities/chaos/query-watch.ts';
import { createMonitorActivities } from '../activities/objectives/watch-objectives.ts';
import { createPostgresClusterActivities } from '../activities/recovery/postgres-cluster.ts';
import { createReachServerActivities } from '../activities/recovery/reach-server.ts';
import { createAlertActivities } from '../activities/rollouts/alerts.ts';
import { createLedgerActivities } from '../activities/kernel/ledger.ts';
import { createAnalysisActivities } from '../activities/rollouts/analysis.ts';
import { createLeftoverActivities } from '../activities/kernel/leftovers.ts';
import { createFrontSweeper } from '../activities/chaos/front-sweeper.ts';
import { createOutageSweeper } from '../activities/chaos/outage-sweeper.ts';
import { createFreezeSweeper } from '../activities/recovery/freeze-sweeper.ts';
import { createServiceSweeper } from '../activities/rollouts/service-sweeper.ts';
import { createNotificationActivities } from '../activities/kernel/notifications.ts';
import { createIncidentActivities } from '../activities/recovery/incident.ts';
import { createSpecActivities } from '../activities/kernel/spec.ts';
import { resolveSpecOf } from '../src/specs/registry.ts';
import { createTrafficActivities } from '../activities/rollouts/routing.ts';
import { createWorkloadActivities } from '../activities/rollouts/workload.ts';
import { Breakers } from '../src/adapters/breakers/breakers.ts';
import { guardEach } from '../src/adapters/breakers/guard-each.ts';
import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { createQueryReader } from '../src/adapters/prometheus/query-reader.ts';
import { connectWorker, openPayloads } from '../src/adapters/temporal/connection.ts';
import { tracing } from '../src/adapters/telemetry/tracing.ts';
import { nameInstallation } from '../src/adapters/temporal/installation.ts';
import { judgeTemporal, judgeTemporalAlone } from '../src/adapters/temporal/judge-answer.ts';
import { createClaimLease } from '../src/adapters/temporal/claim-lease.ts';
import { createListLeftFreezes } from '../src/adapters/temporal/left-freezes.ts';
import { createIncidentFreezes } from '../src/adapters/temporal/incident-freezes.ts';
import { createLiveness } from '../src/adapters/temporal/liveness.ts';
import { createOpenRollouts } from '../src/adapters/temporal/open-rollouts.ts';
import { runAsAttempt } from '../src/adapters/temporal/run-as-attempt.ts';
import { readStart } from '../src/adapters/temporal/read-start.ts';
import { ensureSearchAttributes } from '../src/adapters/temporal/search-attributes.ts';
import type { Config } from '../src/config/config.ts';
import type { Guard } from '../src/contracts/kernel/breakers.ts';
import { alertTaskQueue } from '../src/contracts/kernel/messages.ts';
import { alertFamily } from '../src/contracts/rollouts/alert-reports.ts';
import type { Sweeper } from '../src/contracts/kernel/leftovers.ts';
import { createAlertLedger } from '../src/contracts/rollouts/alert-ledger.ts';
import { watchTaskQueue } from '../src/contracts/kernel/task-queues.ts';
import { openChangeControl } from './change-control.ts';
import {
  ledgerComponent,
  platformComponents,
  prometheusComponent,
  temporalComponent,
} from './components.ts';
import { checkComponents, type CheckComponents } from '../src/health/check-components.ts';
import { openWorkerLedger } from './worker-ledger.ts';
import { scheduleJanitor } from './janitor-schedule.ts';
import { openIndicatorReaders } from './indicator-readers.ts';
import { openMetricSources } from './metric-sources.ts';
import { nameRun } from '../src/telemetry/logs/name-run.ts';
import { openNotifier } from './notifications.ts';
import { BelayMetrics } from '../src/telemetry/metrics/belay-metrics.ts';
import { countActivities, type Queue } from '../src/telemetry/metrics/count-activities.ts';
import { createPlaybookActivities } from '../activities/recovery/playbook-parts.ts';
import { createServiceRouteActivities } from '../activities/recovery/service-routes.ts';
import { openPlaybookParts } from './playbook-parts.ts';
import { openPlatforms, sweptContexts } from './platforms.ts';
import { refreshMetrics } from './refresh-metrics.ts';
import { openPodFaults } from './pod-faults.ts';
import { openTrackFaults } from './track-faults.ts';
import { openCloudNativePg } from './postgres-clusters.ts';
import { traceWorker } from '../src/telemetry/tracing/trace-worker.ts';
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
  const temporal = guardOf('temporal');
  const { platforms, swept, local, clusters, close } = openPlatforms(config, installation, guardOf);
  const sources = openMetricSources(config, platforms, guardOf);
  const indicators = openIndicatorReaders(config, local, guardOf);
  const ledger = openWorkerLedger(config, Runtime.instance().logger);
  const responses = createAlertLedger(ledger);
  const podFaults = openPodFaults(config, installation, guardOf);
  const trackFaults = openTrackFaults(config, installation, guardOf);
  const cloudNativePg = openCloudNativePg(config, guardOf);
  const playbooks = openPlaybookParts({ config, client, ledger, guardOf });
  // What an alert asks for is an undo.
  const askPastBreaker: Guard = (call, judge) => bypassBreaker(() => temporal(call, judge));
  const rollouts = guardEach(createOpenRollouts(client), askPastBreaker, judgeTemporalAlone);
  const openLiveness = createLiveness(client, (question) => temporal(question, judgeTemporal));
  const { undoWindowMs } = config;

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
  const incidentFreezes = guardEach(
    createIncidentFreezes(client, config.taskQueue),
    temporal,
    judgeTemporalAlone,
  );
  const { claimLease } = guardEach(createClaimLease(client), temporal, judgeTemporalAlone);
  const listLeftFreezes = createListLeftFreezes(client);
  const sweepers: Sweeper[] = [
    createServiceSweeper({ platforms: swept, ledger }),
    createFreezeSweeper(() => temporal(listLeftFreezes, judgeTemporalAlone), incidentFreezes),
    createOutageSweeper(podFaults.left, podFaults.pods, sweptContexts(config)),
    createFrontSweeper(trackFaults.left, sweptContexts(config)),
  ];
  const workload = createWorkloadActivities(platforms, sources);
  const { reachServer, watchServer } = createReachServerActivities();
  const { watchPostgresCluster, ...postgresClusters } = createPostgresClusterActivities(
    cloudNativePg.clusters,
  );
  const alerts = createAlertActivities({ platforms, ledger, responses, rollouts, undoWindowMs });

  const code = options.workflowBundle === undefined ? workflowCode(encrypts) : {};
  const control = await Worker.create({
    ...common,
    ...code,
    ...options,
    sinks: { ...sinks, ...options.sinks },
    interceptors: { ...code.interceptors, ...observed('acts') },
    taskQueue: config.taskQueue,
    activities: {
      ...createSpecActivities(config.rollouts, resolveSpecOf),
      ...workload,
      ...createTrafficActivities(platforms),
      ...openChangeControl(client, temporal, ledger.objectives),
      ...createLedgerActivities(ledger, {
        onFirstReport: (report) => {
          // What was done about an alert is no run: it comes here only where the ledger was away.
          if (report.family !== alertFamily) metrics.runClosed(report);
        },
        readStarter: async (run) => (await readStart(client, run)).identity,
      }),
      ...createCatalogueActivities(ledger.catalogue),
      ...createIncidentActivities(ledger, incidentFreezes),
      reachServer,
      ...postgresClusters,
      claimLease,
      ...createPlaybookActivities(playbooks.parts),
      ...createServiceRouteActivities(playbooks.serviceRoutes),
      ...createPodFaultActivities(podFaults.pods),
      ...createMeshFaultActivities(podFaults.mesh, podFaults.pods, installation),
      ...createTrackFaultActivities(trackFaults.tracks),
      // For responses that were started when alerts had no queue of their own.
      ...alerts,
      ...createNotificationActivities(await openNotifier(config, guardOf)),
      ...createLeftoverActivities({
        sweepers,
        onSwept: (failed) => {
          ledger.pruneNowAndThen();
          for (const { name } of sweepers) {
            metrics.swept(name, failed.filter(({ what }) => what === name).length);
          }
        },
        onEnded: () => {
          for (const { name } of sweepers) metrics.swept(name, 0);
        },
        openLiveness,
      }),
    },
    maxConcurrentActivityTaskExecutions: config.actSlots,
    maxCachedWorkflows: config.cachedWorkflows,
  });
  const { awaitCanaryReady, awaitStableComplete, warmUpCanary } = workload;
  const watch = await Worker.create({
    ...common,
    interceptors: observed('watches'),
    taskQueue: watchTaskQueue(config.taskQueue),
    activities: {
      ...createAnalysisActivities(platforms, sources, metrics),
      awaitCanaryReady,
      awaitStableComplete,
      warmUpCanary,
      watchServer,
      watchPostgresCluster,
      ...createQueryWatchActivities(createQueryReader(config.prometheus, guardOf)),
      ...createTrackWatchActivities(trackFaults.tracks),
      ...createMonitorActivities(ledger.objectives, indicators, ledger),
    },
    maxConcurrentActivityTaskExecutions: config.watchSlots,
  });
  const alert = await Worker.create({
    ...common,
    interceptors: observed('alerts'),
    taskQueue: alertTaskQueue(config.taskQueue),
    activities: { ...alerts },
    maxConcurrentActivityTaskExecutions: config.alertSlots,
  });
  refreshMetrics(metrics, {
    ...{ client, temporal, ledger },
    workers: [
      { queue: 'acts', worker: control, slots: config.actSlots },
      { queue: 'watches', worker: watch, slots: config.watchSlots },
      { queue: 'alerts', worker: alert, slots: config.alertSlots },
    ],
  });

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
      ...(await platformComponents(config, { local, clusters })),
      ...(config.prometheus.address === undefined
        ? []
        : [prometheusComponent(sources.askPrometheus)]),
    ]),
    close: async () => {
      close();
      playbooks.close();
      podFaults.close();
      trackFaults.close();
      cloudNativePg.close();
      await ledger.close();
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
