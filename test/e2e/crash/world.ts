import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import * as z from 'zod';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../../../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../../../src/adapters/local-platform/locate.ts';
import type { Config } from '../../../src/config/config.ts';
import { homeLayout } from '../../../src/config/home.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { startDevServer, type DevServerOptions } from '../../../src/embedded/dev-server.ts';
import { locateTemporal } from '../../../src/embedded/locate.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { startOwnProcess } from '../../../src/embedded/start-own-process.ts';
import type { SpawnedProcess } from '../../../src/processes/spawn-logged.ts';
import { readRunFile } from '../../../src/processes/run-file.ts';

/** What a rollout stands on besides its worker. */
export type Ground = 'temporal' | 'platform';

/** A part of the world that can be taken away, and come back. */
export interface Part {
  /** SIGKILL. */
  kill(): Promise<void>;
  bringBack(): Promise<void>;
  stop(): Promise<void>;
}

export type OpenTemporal = (home: string) => Promise<Part & { address: string }>;

/** A Temporal server and a local platform of our own, each of which can be killed and come back. */
export class World {
  readonly home: string;
  readonly client: Client;
  readonly platform: LocalPlatform;
  readonly ledger: LedgerDatabase;
  readonly temporalAddress: string;
  private readonly connection: Connection;
  private readonly parts: Partial<Record<Ground, Part>>;

  private constructor(home: string, address: string, parts: World['parts']) {
    const connection = Connection.lazy({ address });
    this.home = home;
    this.temporalAddress = address;
    this.connection = connection;
    this.client = new Client({ connection });
    this.parts = parts;
    const config = this.config('none');
    this.platform = createLocalPlatform({ locate: locateLocalPlatform(config) });
    this.ledger = ledgerAt(home);
  }

  /** With the grounds that are asked for; a Temporal server, usually a development server, there always is. */
  static async open({ platform = true, openTemporal = openDevServer } = {}): Promise<World> {
    const home = await mkdtemp(join(tmpdir(), 'belay-crash-'));
    const temporal = await openTemporal(home);
    try {
      const parts = {
        temporal,
        ...(platform && { platform: await restartable(() => startPlatform(home)) }),
      };
      return new World(home, temporal.address, parts);
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

  kill(ground: Ground): Promise<void> {
    return this.part(ground).kill();
  }

  bringBack(ground: Ground): Promise<void> {
    return this.part(ground).bringBack();
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.parts.platform?.stop();
    await this.parts.temporal?.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  private part(ground: Ground): Part {
    const part = this.parts[ground];
    if (part === undefined) throw new Error(`this world has no ${ground}`);
    return part;
  }
}

type OwnProcess = SpawnedProcess & { stop(): Promise<void> };

/** One process that is struck and started again. */
async function restartable<T extends OwnProcess>(
  start: () => Promise<T>,
): Promise<Part & { first: T }> {
  const first = await start();
  let running = first;
  return {
    first,
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    async bringBack() {
      running = await start();
    },
    stop: () => running.stop(),
  };
}

const openDevServer: OpenTemporal = async (home) => {
  const { path } = await locateTemporal({ cache: loadConfig().cache });
  const server: DevServerOptions = {
    executable: path,
    home,
    port: await freePort(),
    uiPort: await freePort(),
  };
  const { first, ...part } = await restartable(() => startDevServer(server));
  return { ...part, address: first.address };
};

const platformRun = z.object({ pid: z.number() });

function startPlatform(home: string): Promise<OwnProcess> {
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
