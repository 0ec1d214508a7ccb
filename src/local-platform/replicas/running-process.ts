import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../../processes/identity.ts';
import type { LogFiles } from './log-files.ts';

export interface RunningProcess {
  identity: ProcessIdentity;
  /** How it exited, as text. */
  exited: Promise<string>;
}

export interface Launch {
  command: string[];
  env: Record<string, string>;
  folder: string;
  logs: LogFiles;
}

const adoptedPollMs = 250;

/** The program starts only after it reads `go`, and never if its input is closed before. */
const startAtGo = 'read -r go && exec "$@" </dev/null';

/**
 * Starts a program in its own process group. `record` must put its identity on disk: the program
 * does not run before that, so a platform that is killed leaves no unknown process.
 */
export async function launch(
  { command, env, folder, logs }: Launch,
  record: (identity: ProcessIdentity) => Promise<void>,
): Promise<RunningProcess> {
  await requireFolder(folder);
  await mkdir(dirname(logs.out), { recursive: true });
  const [out, err] = await Promise.all([open(logs.out, 'a'), open(logs.err, 'a')]);
  try {
    const child = spawn('/bin/sh', ['-c', startAtGo, 'sh', ...command], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['pipe', out.fd, err.fd],
    });
    const exited = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal ? `was killed by ${signal}` : `exited with code ${code ?? 'unknown'}`);
      });
    });
    await once(child, 'spawn');
    const go = child.stdin;
    if (!go) throw new Error('it has no standard input');
    go.on('error', () => undefined);
    try {
      const identity = child.pid === undefined ? undefined : await identify(child.pid);
      if (!identity) throw new Error('it exited before it could start');
      await record(identity);
      go.write('go\n');
      return { identity, exited };
    } finally {
      go.end();
    }
  } finally {
    await Promise.all([out.close(), err.close()]);
  }
}

/** Takes over a process that was started before the platform's restart. */
export function adopt(identity: ProcessIdentity): RunningProcess {
  return { identity, exited: watchUntilGone(identity) };
}

async function watchUntilGone(identity: ProcessIdentity): Promise<string> {
  while (await isAlive(identity)) await sleep(adoptedPollMs);
  return 'exited (with an unknown exit code, as the platform was restarted)';
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`there is no folder ${folder}`);
}
