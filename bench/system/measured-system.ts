import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../../src/adapters/local-platform/locate.ts';
import { connectClient, type ConnectedClient } from '../../src/adapters/temporal/connection.ts';
import type { Config } from '../../src/config/config.ts';
import { homeLayout } from '../../src/config/home.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { readUpRecord, type PartName } from '../../src/embedded/up-record.ts';
import { isAlive } from '../../src/processes/identity.ts';
import { readRunFile } from '../../src/processes/run-file.ts';
import { until } from '../measures/until.ts';
import { BelayCommand, type BelayOrigin } from './belay-command.ts';

export interface SystemOptions {
  origin: BelayOrigin;
  /** BELAY_* variables of everything that is started. */
  settings?: Record<string, string>;
}

/** Open watches are dropped at the end of the measurement, not awaited. */
const drain = '1s';

/** A `belay up` with its own folder. */
export class MeasuredSystem {
  readonly config: Config;
  readonly client: ConnectedClient;
  readonly platform: LocalPlatform;
  private readonly command: BelayCommand;
  /** Besides those of `belay up`. */
  private readonly started: ChildProcess[] = [];
  private readonly beside: (() => Promise<void>)[] = [];

  private readonly ports: readonly string[];

  private constructor(
    command: BelayCommand,
    { config, client, ports }: { config: Config; client: ConnectedClient; ports: string[] },
  ) {
    this.command = command;
    this.ports = ports;
    this.config = config;
    this.client = client;
    this.platform = createLocalPlatform({ locate: locateLocalPlatform(config) });
  }

  static async start({ origin, settings = {} }: SystemOptions): Promise<MeasuredSystem> {
    const home = await mkdtemp(join(tmpdir(), 'belay-bench-'));
    const command = new BelayCommand(origin, {
      BELAY_LOG_LEVEL: 'warn',
      BELAY_DRAIN: drain,
      ...settings,
      BELAY_HOME: home,
    });
    const config = loadConfig(command.env);
    try {
      const ports = await portFlags();
      await command.run(['up', '--detach', ...ports]);
      const client = await connectClient(config, command.env);
      return new MeasuredSystem(command, { config, client, ports });
    } catch (error) {
      await remove(command, home);
      throw error;
    }
  }

  /** What else a benchmark has started, and has to end with the system, also after Ctrl-C. */
  whenRemoved(close: () => Promise<void>): void {
    this.beside.push(close);
  }

  /** Stops everything and removes all files. The client stays open: calls in progress end by themselves. */
  async remove(): Promise<void> {
    for (const child of this.started) child.kill('SIGTERM');
    await Promise.allSettled([
      ...this.beside.map((close) => close()),
      remove(this.command, this.config.home),
    ]).then(throwFirst);
  }

  /** The current process of this part: `belay up` restarts one that died. */
  async pidOf(part: PartName): Promise<number> {
    const record = await readUpRecord(this.config.home);
    const child = record?.children[part];
    if (child === undefined) throw new Error(`\`belay up\` runs no ${part}`);
    return child.pid;
  }

  /** Starts another worker beside the one of `belay up`; resolves when it polls. */
  async addWorker(): Promise<void> {
    const before = new Set(await this.workerPids());
    this.started.push(this.command.start(['worker']));
    await until('one more worker polls', async () => {
      const pids = await this.workerPids();
      return pids.some((pid) => !before.has(pid));
    });
  }

  /** For programs of Belay that the benchmark runs itself. */
  get env(): NodeJS.ProcessEnv {
    return this.command.env;
  }

  /** Starts an agent beside the one of `belay up`, as on another host. Resolves with its process when it works. */
  async startAgent(name: string, settingsFile: string): Promise<number> {
    this.started.push(this.command.start(['agent', '--config', settingsFile]));
    return until(`the agent ${name} works`, async () => {
      const known = await readRunFile(homeLayout(this.config.home).agentRun(name), agentRun);
      return known && (await isAlive(known)) ? known.pid : undefined;
    });
  }

  /** Starts again what was killed, with the ports that it had. */
  async upAgain(): Promise<void> {
    await this.command.run(['up', '--detach', ...this.ports]);
  }

  /** `belay up` first, which would start the others again; then all that it runs. */
  async killEverything(): Promise<void> {
    const up = await readUpRecord(this.config.home);
    if (up === undefined) throw new Error('`belay up` was not there to kill');
    for (const { pid } of [up, ...Object.values(up.children)]) process.kill(pid, 'SIGKILL');
  }

  /** The address for webhooks, and their token. */
  async readGateway(): Promise<MeasuredGateway> {
    const { gatewayRun, gatewayToken } = homeLayout(this.config.home);
    const { url, pid } = await until('the gateway listens', () =>
      readRunFile(gatewayRun, gatewayProcess),
    );
    return { url, pid, token: (await readFile(gatewayToken, 'utf8')).trim() };
  }

  /** The process IDs of the workers that poll. */
  async workerPids(): Promise<number[]> {
    const { run } = homeLayout(this.config.home);
    const files = (await readdir(run)).filter((file) => file.startsWith('worker-'));
    const known = await Promise.all(files.map((file) => readRunFile(join(run, file), workerRun)));
    const alive = await Promise.all(known.map(async (worker) => worker && isAlive(worker)));
    return known.flatMap((worker, index) => (worker && alive[index] ? [worker.pid] : []));
  }

  /** The address of the metrics of the server of `belay up`. */
  async metricsUrl(): Promise<string> {
    const log = join(homeLayout(this.config.home).logs, 'temporal.log');
    const [, url] = /Temporal Metrics:\s+(http\S+)/.exec(await readFile(log, 'utf8')) ?? [];
    if (url === undefined) throw new Error(`the Temporal server named no metrics in ${log}`);
    return url;
  }
}

export interface MeasuredGateway {
  url: string;
  pid: number;
  token: string;
}

const workerRun = z.object({ pid: z.number(), startTime: z.string() });
const agentRun = z.object({ pid: z.number(), startTime: z.string() });
const gatewayProcess = z.object({ pid: z.number(), url: z.string() });

/** Free ports: several systems may run at the same time, and a `belay up` of the user beside them. */
async function portFlags(): Promise<string[]> {
  const flags = ['--temporal-port', '--ui-port', '--gateway-port'];
  return (await Promise.all(flags.map(async (flag) => [flag, String(await freePort())]))).flat();
}

function throwFirst(settled: readonly PromiseSettledResult<void>[]): void {
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function remove(command: BelayCommand, home: string): Promise<void> {
  await command.run(['down']);
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}
