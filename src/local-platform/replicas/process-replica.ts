import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplicaState } from '../../contracts/rollouts/platform.ts';
import { isAlive, type ProcessIdentity } from '../../processes/identity.ts';
import { ConnectFirstAgent } from '../router/connect-first-agent.ts';
import { forward } from '../router/forward.ts';
import type { Deployment } from '../state/service-record.ts';
import { backoffMs } from './backoff.ts';
import { logFilesOf, readTail, sizeOf, type LogFiles } from './log-files.ts';
import { OpenRequests } from './open-requests.ts';
import { killStragglers, stopGroup } from './process-group.ts';
import { ReadinessWatch } from './readiness-watch.ts';
import type { AnswerOutcome, Replica } from './replica.ts';
import type { ReplicaSurroundings } from './replica-surroundings.ts';
import { adopt, launch, type RunningProcess } from './running-process.ts';

const drainLimitMs = 10_000;
const stopGraceMs = 5_000;
/** After a run of this length, failures are counted from the start again. */
const steadyMs = 30_000;
const shownStderrLines = 5;

/** A replica that is a process: started, probed, and restarted when it exits, until it is retired. */
export class ProcessReplica implements Replica {
  readonly name: string;
  readonly #deployment: Deployment;
  readonly #surroundings: ReplicaSurroundings;
  readonly #logs: LogFiles;
  readonly #agent = new ConnectFirstAgent();
  readonly #open = new OpenRequests();
  readonly #stopping = new AbortController();
  readonly #lifetime: Promise<void>;
  #watch: ReadinessWatch | undefined;
  #port: number | undefined;
  #running: ProcessIdentity | undefined;
  #restarts = 0;
  /** How the last process exited, until the next one is ready. */
  #lastEnd: string | undefined;
  #retirement: Promise<void> | undefined;

  constructor(name: string, deployment: Deployment, surroundings: ReplicaSurroundings) {
    this.name = name;
    this.#deployment = deployment;
    this.#surroundings = surroundings;
    this.#logs = logFilesOf(surroundings.logFolder, name);
    this.#lifetime = this.#live();
  }

  get ready(): boolean {
    return this.#retirement === undefined && this.#watch?.ready === true;
  }

  state(): ReplicaState {
    const trouble = this.#trouble();
    return {
      name: this.name,
      ...(this.#port !== undefined && { url: `http://127.0.0.1:${this.#port}` }),
      ready: this.ready,
      restarts: this.#restarts,
      ...(trouble !== undefined && { trouble }),
    };
  }

  process(): ProcessIdentity | undefined {
    return this.#running;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<AnswerOutcome> {
    const port = this.#port;
    if (port === undefined) return 'not-connected';
    return this.#open.during(async () => {
      const outcome = await forward(request, response, { port, agent: this.#agent });
      if (outcome === 'not-connected') this.#watch?.refute('it refused a connection');
      return outcome;
    });
  }

  retire(): Promise<void> {
    return (this.#retirement ??= this.#retire());
  }

  async #retire(): Promise<void> {
    const left = await this.#open.drained(drainLimitMs);
    if (left > 0)
      this.#surroundings.log.warn(
        { replica: this.name, left },
        'stopping with open requests: the drain time is over',
      );
    this.#agent.destroy();
    this.#stopping.abort();
    await this.#lifetime;
  }

  async #live(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping()) {
      const startedAt = performance.now();
      const end = await this.#runOnce();
      if (this.#isStopping()) return;
      failures = performance.now() - startedAt > steadyMs ? 1 : failures + 1;
      const waitMs = backoffMs(failures);
      this.#lastEnd = end;
      this.#surroundings.log.warn(
        { replica: this.name, end, waitMs },
        'the process of the replica exited; restarting it',
      );
      await sleep(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (!this.#isStopping()) this.#restarts += 1;
    }
  }

  /** Runs one process from start to end; returns how it ended. */
  async #runOnce(): Promise<string> {
    const { table, ports, log } = this.#surroundings;
    const earlierStderr = await sizeOf(this.#logs.err);
    try {
      const running = await this.#adoptOrLaunch();
      this.#running = running.identity;
      await this.#attend(running);
      const stderr = await readTail(this.#logs.err, shownStderrLines, earlierStderr);
      const words = stderr.length > 0 ? `; stderr: ${stderr.join(' | ')}` : '';
      return `${await running.exited}${words}`;
    } catch (error) {
      return `cannot be started: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.#running = undefined;
      await table
        .remove(this.name)
        .catch((error: unknown) =>
          log.error({ replica: this.name, err: error }, 'the state could not be written'),
        );
      if (this.#port !== undefined) ports.release(this.#port);
      this.#port = undefined;
    }
  }

  async #adoptOrLaunch(): Promise<RunningProcess> {
    const { table, ports } = this.#surroundings;
    const known = table.get(this.name);
    if (known && (await isAlive(known))) {
      ports.reserve(known.port);
      this.#port = known.port;
      return adopt(known);
    }
    if (known) await killStragglers(known.pid);
    const port = await ports.take();
    this.#port = port;
    const { release, folder } = this.#deployment;
    return launch(
      {
        command: release.command ?? [],
        env: replicaEnvironment(release.env, port),
        folder,
        logs: this.#logs,
      },
      (identity) => table.set(this.name, { ...identity, port }),
    );
  }

  /** Returns when the process has exited, by itself or because the replica is retired. */
  async #attend({ identity, exited }: RunningProcess): Promise<void> {
    const watch = new ReadinessWatch(this.#port ?? 0, this.#deployment.readiness.path, () => {
      this.#lastEnd = undefined;
    });
    this.#watch = watch;
    const retired = new Promise<void>((resolve) => {
      if (this.#isStopping()) resolve();
      this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([exited, retired]);
    watch.stop();
    this.#watch = undefined;
    this.#agent.destroy();
    await stopGroup(identity, stopGraceMs);
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #trouble(): string | undefined {
    if (this.ready) return undefined;
    if (this.#retirement) return 'draining';
    if (this.#lastEnd === undefined) return this.#watch?.problem ?? 'starting';
    return this.#watch
      ? `${this.#watch.problem ?? 'starting'}; before, it ${this.#lastEnd}`
      : `waiting for a restart: it ${this.#lastEnd}`;
  }
}

function replicaEnvironment(
  given: Record<string, string> | undefined,
  port: number,
): Record<string, string> {
  const { PATH, HOME } = process.env;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(HOME !== undefined && { HOME }),
    ...given,
    PORT: String(port),
  };
}
