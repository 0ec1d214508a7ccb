import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { identify, type ProcessIdentity } from './identity.ts';

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface SpawnedProcess extends ProcessIdentity {
  /** Resolves when the process has ended, whoever ended it. */
  exited: Promise<ProcessExit>;
}

export interface SpawnOptions {
  logFile: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Starts a process that writes to a log file. It gets a process group of its own, so that a Ctrl-C
 * in the terminal reaches only whoever started it, who can then stop things in order.
 */
export async function spawnLogged(
  file: string,
  args: string[],
  { logFile, env = process.env }: SpawnOptions,
): Promise<SpawnedProcess> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a');
  try {
    const child = spawn(file, args, { stdio: ['ignore', log.fd, log.fd], detached: true, env });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await once(child, 'spawn');
    const identity = await identify(child.pid ?? -1);
    if (!identity) throw new Error(`${file} ended at once with ${describeExit(await exited)}`);
    return { ...identity, exited };
  } finally {
    await log.close();
  }
}

export function describeExit({ code, signal }: ProcessExit): string {
  return signal ?? `exit code ${code}`;
}
