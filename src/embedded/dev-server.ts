import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningServer } from '../adapters/temporal/running-server.ts';
import { homeLayout } from '../config/home.ts';
import { stopProcess, type ProcessIdentity } from '../processes/identity.ts';
import { removeRunFile, writeRunFile } from '../processes/run-file.ts';
import { describeExit, spawnLogged, type SpawnedProcess } from '../processes/spawn-logged.ts';
import { lastLogLines } from './log-lines.ts';
import { prepareNamespace } from './prepare-namespace.ts';

export interface DevServerOptions {
  /** The Temporal CLI, as locateTemporal finds it. */
  executable: string;
  /** BELAY_HOME, which contains the database, the log and the run file. */
  home: string;
  port: number;
  uiPort: number;
  namespace?: string;
  /** How long the server may take to become ready; 30 s by default. */
  readyWithinMs?: number;
  /** Called before the server is ready, so that its process is always on record. */
  onSpawn?: (identity: ProcessIdentity) => Promise<void>;
}

export interface DevServer extends RunningServer, SpawnedProcess {
  /** Stops the server and removes its run file. */
  stop(): Promise<void>;
}

/** The development server did not start; the message ends with the last lines of its log. */
export class DevServerFailed extends Error {
  override readonly name = 'DevServerFailed';
}

const stopGraceMs = 10_000;

/**
 * Starts `temporal server start-dev` on its database in home, waits until it is ready, and sets the
 * retention and search attributes that Belay needs, in a new or an existing database.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { home, namespace = 'default', readyWithinMs = 30_000 } = options;
  const files = homeLayout(home);
  const logFile = join(files.logs, 'temporal.log');
  const address = `127.0.0.1:${options.port}`;
  let spawned: SpawnedProcess | undefined;
  try {
    await mkdir(files.temporalData, { recursive: true, mode: 0o700 });
    const args = serverArguments(options, namespace);
    spawned = await spawnLogged(options.executable, args, { logFile });
    const { pid, startTime, exited } = spawned;
    await options.onSpawn?.({ pid, startTime });
    await Promise.race([
      prepareNamespace({ address, namespace, readyWithinMs }),
      exited.then((exit) => Promise.reject(new Error(`it exited (${describeExit(exit)})`))),
    ]);
    const uiUrl = `http://127.0.0.1:${options.uiPort}`;
    const running: RunningServer = { pid, startTime, address, namespace, uiUrl };
    await writeRunFile(files.temporalRun, running);
    const stop = async () => {
      await stopProcess({ pid, startTime }, { graceMs: stopGraceMs });
      await removeRunFile(files.temporalRun);
    };
    return { ...running, exited, stop };
  } catch (error) {
    if (spawned) await stopProcess(spawned, { graceMs: stopGraceMs });
    throw await explain(error, logFile);
  }
}

/** More open runs than this are read from the database again and again; the server keeps 512 by itself. */
const cachedRuns = 16_384;

/**
 * The database uses write-ahead logging (WAL), which the server does not choose by itself: a server that is
 * killed loses nothing, and no write waits for the disk. With the rollback journal, every write of every run
 * waits for two flushes, one after the other. A machine that loses power may lose the last moments, but the
 * database stays intact.
 */
function serverArguments(options: DevServerOptions, namespace: string): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'],
    ...['--db-filename', homeLayout(options.home).temporalDatabase],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...['--dynamic-config-value', `history.cacheMaxSize=${cachedRuns}`],
    ...['--port', String(options.port), '--ui-port', String(options.uiPort)],
    ...['--namespace', namespace],
  ];
}

async function explain(cause: unknown, logFile: string): Promise<DevServerFailed> {
  const why = cause instanceof Error ? cause.message : String(cause);
  const lines = await lastLogLines(logFile, 8);
  const text = [`The Temporal development server did not start: ${why}.`, `From ${logFile}:`];
  return new DevServerFailed([...text, ...lines].join('\n  '), { cause });
}
