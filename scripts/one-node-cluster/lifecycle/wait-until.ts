import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../src/processes/identity.ts';
import { SetupFailed } from '../../programs/failure.ts';
import type { ClusterLayout } from '../layout.ts';
import type { DaemonIdentity } from './record.ts';

interface Wait {
  what: string;
  layout: ClusterLayout;
  /** The processes that the wait depends on. */
  daemons: readonly DaemonIdentity[];
  withinMs?: number;
}

const pollMs = 100;
const toldLines = 8;

/** Throws SetupFailed, with the end of the log, when one of the processes dies or the time is over. */
export async function waitUntil(
  { what, layout, daemons, withinMs = 60_000 }: Wait,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    const alive = await Promise.all(daemons.map(isAlive));
    const dead = daemons.find((_, index) => alive[index] !== true);
    if (dead) throw new SetupFailed(`${dead.name} ended:\n${await lastWords(layout, dead.name)}`);
    if (performance.now() > deadline) {
      const logs = await Promise.all(daemons.map(({ name }) => lastWords(layout, name)));
      throw new SetupFailed([`${what}: not within ${withinMs / 1000} s.`, ...logs].join('\n'));
    }
    await sleep(pollMs);
  }
}

async function lastWords({ logs }: ClusterLayout, name: string): Promise<string> {
  const path = join(logs, `${name}.log`);
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-toldLines);
  return [`From ${path}:`, ...lines].join('\n  ');
}
