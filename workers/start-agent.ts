import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { Runtime, Worker, type Logger, type State, type WorkerOptions } from '@temporalio/worker';
import { tracing } from '../src/adapters/telemetry/tracing.ts';
import {
  agentIdentity,
  listAgentPollers,
  readAgentRecord,
  recordAgent,
} from '../src/adapters/temporal/agents.ts';
import { createLeaseWire } from '../src/adapters/temporal/lease-wire.ts';
import { findEndpoint } from '../src/adapters/temporal/endpoint.ts';
import { connectWorker, openPayloads } from '../src/adapters/temporal/connection.ts';
import { createStartWatchdog, type StartWatchdog } from '../src/agent/watchdog/start-watchdog.ts';
import type { Config } from '../src/config/config.ts';
import type { Guard } from '../src/contracts/kernel/breakers.ts';
import { agentTaskQueue, type AgentDescription } from '../src/contracts/kernel/agent.ts';
import { ownProgram } from '../src/embedded/own-process.ts';
import { checkComponents, type CheckComponents } from '../src/health/check-components.ts';
import { findRival } from '../src/policies/kernel/agents/judge-presence.ts';
import type { HostSettings } from '../src/specs/agent-settings.ts';
import { nameRun } from '../src/telemetry/logs/name-run.ts';
import type { AgentMetrics } from '../src/telemetry/metrics/agent-metrics.ts';
import { countActivities } from '../src/telemetry/metrics/count-activities.ts';
import { traceWorker } from '../src/telemetry/tracing/trace-worker.ts';
import { temporalComponent } from './components.ts';
import { openAgentHost, type OpenAgentHost } from './open-agent-host.ts';
import { encodeFailures } from './workflow-code.ts';

/** What a composition root may add. */
export interface AgentOptions {
  interceptors?: NonNullable<WorkerOptions['interceptors']>['activity'];
  startWatchdog?: StartWatchdog;
}

export interface Agent {
  description: AgentDescription;
  /** Resolves when the worker has drained after a shutdown. */
  run(): Promise<void>;
  shutdown(): void;
  states(): { agent: State };
  components: CheckComponents;
  close(): Promise<void>;
}

interface Wiring {
  config: Config;
  settings: HostSettings;
  metrics: AgentMetrics;
  logger: Logger;
  temporal: Guard;
}

/** Commands and probes of one agent at once; a probe waits for nobody. */
const slots = 50;
/** How exact `last seen` is once Temporal has forgotten the agent's polls. */
const recordEveryMs = 600_000;

/** Takes the state folder, connects, and takes the agent's name; nothing is polled before `run`. */
export async function startAgent(wiring: Wiring, options: AgentOptions = {}): Promise<Agent> {
  const { config, settings, metrics, logger, temporal } = wiring;
  const host = await openAgentHost({
    settings,
    servers: async () => {
      const { hostname: host, port } = new URL(`tcp://${(await findEndpoint(config)).address}`);
      return [{ what: 'Temporal', host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }];
    },
    startWatchdog:
      options.startWatchdog ?? createStartWatchdog(ownProgram('src/agent/watchdog/main')),
    onError: (message, error) => {
      logger.warn(message, { error });
    },
    onSwept: (open) => {
      const leases = open.filter(({ record }) => record.lease !== undefined);
      metrics.actsOpen.set({ kind: 'command' }, open.length - leases.length);
      metrics.actsOpen.set({ kind: 'lease' }, leases.length);
      metrics.revertsFailing.set(
        leases.filter(({ state }) => state?.revertFailures !== undefined).length,
      );
    },
  });
  try {
    return await connect(host, { config, settings, metrics, logger, temporal }, options);
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function connect(
  host: OpenAgentHost,
  { config, settings, metrics, logger, temporal }: Wiring,
  { interceptors = [] }: AgentOptions,
): Promise<Agent> {
  const { description, activities } = host;
  const payloads = openPayloads(config, ({ message }) => {
    Runtime.instance().logger.warn(`payload keys stay as they were: ${message}`);
  });
  const { connection, namespace } = await connectWorker(config);
  const client = new Client({ connection, namespace, dataConverter: payloads });
  try {
    await awaitName(client, description, logger);
    await recordAgent(client, { description, hasStopped: false });
    await host.takeUpLeases((activity) => createLeaseWire(client, activity));
    const { sinks, activity } = traceWorker(tracing());
    const worker = await Worker.create({
      ...{ connection, namespace, sinks },
      identity: agentIdentity(description),
      taskQueue: agentTaskQueue(settings.name),
      dataConverter: {
        ...payloads,
        ...(config.payloadKeysFile !== undefined && encodeFailures),
      },
      activities: { ...activities },
      interceptors: {
        activity: [
          nameRun,
          ...activity,
          countActivities(metrics.activities, 'agent'),
          ...interceptors,
        ],
      },
      maxConcurrentActivityTaskExecutions: slots,
      // What runs goes on by itself, and is attached to again.
      shutdownGraceTime: 0,
      shutdownForceTime: config.drainMs,
    });
    return {
      description,
      run: () => runRecorded(worker, client, { description, logger }),
      shutdown: () => worker.shutdown(),
      states: () => ({ agent: worker.getState() }),
      components: checkComponents(async () => [temporalComponent(client, temporal)]),
      close: async () => {
        await host.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Keeps the record fresh while it runs; one that is told to stop says so. */
async function runRecorded(
  worker: Worker,
  client: Client,
  { description, logger }: { description: AgentDescription; logger: Logger },
): Promise<void> {
  const record = async (hasStopped: boolean) => {
    await recordAgent(client, { description, hasStopped }).catch((error: unknown) => {
      logger.warn('the record of this agent could not be written', { error });
    });
  };
  const timer = setInterval(() => void record(false), recordEveryMs);
  try {
    await worker.run();
  } finally {
    clearInterval(timer);
  }
  await record(true);
}

const waitMs = 2_000;

/** Two agents of a name would get each other's acts: the later one does not start. */
async function awaitName(
  client: Client,
  { name, instance }: AgentDescription,
  logger: Logger,
): Promise<void> {
  let first: { identity: string; lastSeenMs: number } | undefined;
  for (;;) {
    const record = await readAgentRecord(client, name);
    const stopped = record?.hasStopped ? record.description.instance : undefined;
    const pollers = await listAgentPollers(client, name);
    const rival = findRival({ instance, pollers }, stopped, Date.now());
    if (rival === undefined) return;
    if (first && (rival.identity !== first.identity || rival.lastSeenMs > first.lastSeenMs)) {
      throw new Error(
        `another agent named ${name} asks for work: ${rival.identity}. Give each agent a name of its ` +
          'own, or stop that one',
      );
    }
    if (!first) logger.warn('another agent had this name; waiting until it is gone', { ...rival });
    first = rival;
    await sleep(waitMs);
  }
}
