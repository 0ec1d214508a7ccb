import { Context } from '@temporalio/activity';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { HostFaultActivities } from '../../../src/contracts/chaos/host-faults.ts';
import type { Observation, Sample } from '../../../src/contracts/chaos/observation.ts';
import { agentTaskQueue, type AgentActivities } from '../../../src/contracts/kernel/agent.ts';
import { inParallel } from '../../measures/in-parallel.ts';
import { until } from '../../measures/until.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { connectAgents } from '../connect-agents.ts';
import { startExperiment, type StartedExperiment } from '../experiments.ts';

type Acts = HostFaultActivities & Pick<AgentActivities, 'extendLease' | 'revertLease' | 'runProbe'>;

const concurrency = 10;
const beatEveryMs = 3_000;

/**
 * Hosts with an open experiment each. Their agents are played by the benchmark, so that one machine can
 * have a hundred: they answer at once, and inject nothing. Everything else is real.
 */
export class HeldHosts {
  readonly #system: MeasuredSystem;
  readonly #names: readonly string[];
  readonly #faulted = new Set<string>();
  readonly #connection: NativeConnection;
  readonly #workers: Worker[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #open: StartedExperiment[] = [];

  private constructor(system: MeasuredSystem, connection: NativeConnection, count: number) {
    this.#system = system;
    this.#connection = connection;
    this.#names = Array.from({ length: count }, (_, index) => `held-${index + 1}`);
  }

  static async start(system: MeasuredSystem, count: number): Promise<HeldHosts> {
    const { connection, namespace } = await connectAgents(system);
    const hosts = new HeldHosts(system, connection, count);
    for (const name of hosts.#names) {
      const worker = await Worker.create({
        ...{ connection, namespace, taskQueue: agentTaskQueue(name) },
        ...{ activities: hosts.#acts(name) },
        ...{ maxConcurrentActivityTaskExecutions: 4, maxConcurrentActivityTaskPolls: 1 },
      });
      hosts.#workers.push(worker);
    }
    hosts.#running = Promise.all(hosts.#workers.map((worker) => worker.run()));
    return hosts;
  }

  /** Resolves when each host has its fault. */
  async openAll(): Promise<void> {
    this.#open = await inParallel(this.#names, concurrency, (name) =>
      startExperiment(this.#system, {
        ...{ experiment: name, services: [name] },
        target: { agents: [name], process: 'web' },
        ...{ mostOfTarget: '100%', fault: { type: 'freeze' } },
        ...{ duration: '20m', steadyState: '10s', every: '2s' },
        hypothesis: { answers: { errorsOf: { agent: name, probe: 'web' }, atMost: '50%' } },
      }),
    );
    await until('every other experiment has its fault', async () => {
      return this.#faulted.size === this.#names.length;
    });
  }

  /** Once something has halted them all. */
  async untilEnded(): Promise<void> {
    await Promise.all(this.#open.map((experiment) => experiment.report()));
  }

  async stop(): Promise<void> {
    await inParallel(this.#open, concurrency, (experiment) =>
      experiment.abort().catch(() => undefined),
    );
    await this.untilEnded();
    for (const worker of this.#workers) worker.shutdown();
    await this.#running;
    await this.#connection.close();
  }

  #acts(name: string): Acts {
    return {
      examineTarget: async () => ({
        ...{ what: 'process 7 (web)', process: { pid: 7, startTime: '1' } },
        ...{ refusals: [], leftovers: [] },
      }),
      injectFault: async ({ forMs }) => {
        this.#faulted.add(name);
        return { applied: true, apply: done, expiresAtMs: Date.now() + forMs };
      },
      observeFault: async () => {
        const isThere = this.#faulted.has(name);
        return {
          ...{ isEffective: isThere, isThere, isTargetRunning: !isThere },
          detail: isThere ? 'state T (stopped)' : 'state S (sleeping)',
        };
      },
      watchProbes: async ({ metrics, everyMs, forMs }): Promise<Observation> => {
        if (this.#faulted.has(name)) await untilCancelled();
        const samples = Array.from({ length: Math.floor(forMs / everyMs) }, (_, index): Sample => ({
          afterMs: index * everyMs,
          value: 20,
        }));
        return { samples: Object.fromEntries(metrics.map((metric) => [metric.name, samples])) };
      },
      extendLease: async ({ forMs }) => ({ expiresAtMs: Date.now() + forMs }),
      revertLease: async () => {
        this.#faulted.delete(name);
        return { why: 'asked' };
      },
      runProbe: async () => ({ ok: true, detail: 'answered 200', latencyMs: 20 }),
    };
  }
}

const done = {
  ...{ ending: 'exited' as const, exitCode: 0, stdout: '', stderr: '' },
  ...{ stdoutBytes: 0, stderrBytes: 0, startedAtMs: 0, endedAtMs: 0 },
};

async function untilCancelled(): Promise<never> {
  const context = Context.current();
  for (;;) {
    context.heartbeat();
    await context.sleep(beatEveryMs);
  }
}
