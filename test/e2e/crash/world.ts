import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { createFileLedger } from '../../../src/adapters/ledger/file-ledger.ts';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../../../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../../../src/adapters/local-platform/locate.ts';
import type { Config } from '../../../src/config/config.ts';
import { homeLayout } from '../../../src/config/home.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { Ledger } from '../../../src/contracts/ledger.ts';
import { startDevServer, type DevServerOptions } from '../../../src/embedded/dev-server.ts';
import { locateTemporal } from '../../../src/embedded/locate.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { startOwnProcess } from '../../../src/embedded/start-own-process.ts';
import type { SpawnedProcess } from '../../../src/processes/spawn-logged.ts';
import { readRunFile } from '../../../src/processes/run-file.ts';

/** What a rollout stands on besides its worker. */
export type Ground = 'temporal' | 'platform';

type Part = SpawnedProcess & { stop(): Promise<void> };

/** A development server and a local platform of our own, each of which can be killed and come back. */
export class World {
  readonly home: string;
  readonly client: Client;
  readonly platform: LocalPlatform;
  readonly ledger: Ledger;
  private readonly connection: Connection;
  private readonly start: Record<Ground, () => Promise<Part>>;
  private readonly running: Partial<Record<Ground, Part>>;

  private constructor(
    home: string,
    connection: Connection,
    start: World['start'],
    running: World['running'],
  ) {
    this.home = home;
    this.connection = connection;
    this.client = new Client({ connection });
    this.start = start;
    this.running = running;
    const config = this.config('none');
    this.platform = createLocalPlatform({ locate: locateLocalPlatform(config) });
    this.ledger = createFileLedger({ folder: homeLayout(home).ledger });
  }

  /** With the grounds that are asked for; a Temporal server there always is. */
  static async open({ platform = true } = {}): Promise<World> {
    const home = await mkdtemp(join(tmpdir(), 'belay-crash-'));
    const { path } = await locateTemporal({ cache: loadConfig().cache });
    const server: DevServerOptions = {
      executable: path,
      home,
      port: await freePort(),
      uiPort: await freePort(),
    };
    const start = { temporal: () => startDevServer(server), platform: () => startPlatform(home) };
    const temporal = await start.temporal();
    try {
      const running = { temporal, ...(platform && { platform: await start.platform() }) };
      const connection = Connection.lazy({ address: temporal.address });
      return new World(home, connection, start, running);
    } catch (error) {
      await temporal.stop();
      throw error;
    }
  }

  /** Short enough that a kill costs seconds, long enough for a machine that is busy. */
  config(taskQueue: string, settings: Record<string, string> = {}): Config {
    return loadConfig({ ...this.workerEnvironment(taskQueue), ...settings });
  }

  workerEnvironment(taskQueue: string): Record<string, string> {
    return {
      BELAY_HOME: this.home,
      BELAY_CACHE: join(this.home, 'cache'),
      BELAY_TASK_QUEUE: taskQueue,
      BELAY_LOG_LEVEL: 'warn',
      BELAY_JANITOR_INTERVAL: '20m',
      BELAY_DRAIN: '1s',
      BELAY_BLIND_TIME: '4s',
      BELAY_ACT_TIMEOUT: '3s',
      BELAY_ACT_BUDGET: '2m',
      BELAY_UNDO_BUDGET: '2m',
      BELAY_RETRY_INTERVAL: '200ms',
    };
  }

  async kill(ground: Ground): Promise<void> {
    const part = this.running[ground];
    if (part === undefined) throw new Error(`this world has no ${ground}`);
    process.kill(part.pid, 'SIGKILL');
    await part.exited;
  }

  async bringBack(ground: Ground): Promise<void> {
    this.running[ground] = await this.start[ground]();
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.running.platform?.stop();
    await this.running.temporal?.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

const platformRun = z.object({ pid: z.number() });

function startPlatform(home: string): Promise<Part> {
  const { platformRun: runFile, logs } = homeLayout(home);
  return startOwnProcess({
    program: 'src/local-platform/main',
    args: ['--home', home],
    logFile: join(logs, 'platform.log'),
    isReady: async ({ pid }) => (await readRunFile(runFile, platformRun))?.pid === pid,
    readyWithinMs: 60_000,
    stopGraceMs: 10_000,
  });
}
