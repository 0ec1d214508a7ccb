import { setTimeout as sleep } from 'node:timers/promises';
import { stopProcess, type ProcessIdentity } from '../processes/identity.ts';
import { describeExit, spawnLogged, type SpawnedProcess } from '../processes/spawn-logged.ts';
import { lastLogLines } from './log-lines.ts';
import { ownProgram, type OwnProgram } from './own-process.ts';

export interface OwnProcessOptions {
  program: OwnProgram;
  args?: string[];
  env?: NodeJS.ProcessEnv;
  logFile: string;
  isReady: (identity: ProcessIdentity) => Promise<boolean>;
  readyWithinMs: number;
  /** From SIGTERM to SIGKILL. */
  stopGraceMs: number;
  onSpawn?: (identity: ProcessIdentity) => Promise<void>;
  /** Stops a process that is not ready yet. */
  signal?: AbortSignal;
}

export interface OwnProcess extends SpawnedProcess {
  stop(): Promise<void>;
}

/** One of Belay's processes did not become ready; the message ends with the last lines of its log. */
export class OwnProcessFailed extends Error {
  override readonly name = 'OwnProcessFailed';
}

/** Starts one of Belay's programs and waits until it is ready. Throws OwnProcessFailed. */
export async function startOwnProcess(options: OwnProcessOptions): Promise<OwnProcess> {
  const { program, args = [], logFile, env = process.env, stopGraceMs } = options;
  const spawned = await spawnLogged(process.execPath, [...ownProgram(program), ...args], {
    logFile,
    env,
  });
  const stop = async () => {
    await stopProcess(spawned, { graceMs: stopGraceMs });
  };
  try {
    await options.onSpawn?.({ pid: spawned.pid, startTime: spawned.startTime });
    await awaitReady(spawned, options);
    return { ...spawned, stop };
  } catch (error) {
    await stop();
    const why = error instanceof Error ? error.message : String(error);
    const lines = await lastLogLines(logFile, 8);
    const text = [`${program} did not become ready: ${why}.`, `From ${logFile}:`, ...lines];
    throw new OwnProcessFailed(text.join('\n  '), { cause: error });
  }
}

async function awaitReady(spawned: SpawnedProcess, options: OwnProcessOptions): Promise<void> {
  const deadline = performance.now() + options.readyWithinMs;
  let ended: string | undefined;
  void spawned.exited.then((exit) => (ended = describeExit(exit)));
  while (!(await options.isReady(spawned))) {
    options.signal?.throwIfAborted();
    if (ended !== undefined) throw new Error(`it exited (${ended})`);
    if (performance.now() > deadline) {
      throw new Error(`it was not ready after ${options.readyWithinMs / 1000} s`);
    }
    await sleep(50);
  }
}
