import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetupFailed } from './failure.ts';

/**
 * Runs `work` while no other process works under the same lock. The system releases the lock when its
 * holder dies.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  // It holds the lock until its input is closed, at the latest when this process ends.
  const holder = spawn('flock', [path, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It may be killed before its input is closed.
  holder.stdin.on('error', () => undefined);
  const ended = once(holder, 'exit').catch((error: unknown) => {
    throw new SetupFailed('flock (Debian: util-linux) cannot be run', { cause: error });
  });
  const taken = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    ended.then(() => false),
  ]);
  if (!taken) throw new SetupFailed(`flock could not lock ${path}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
