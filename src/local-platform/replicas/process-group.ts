import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../../processes/identity.ts';

const pollMs = 25;
const killLimitMs = 10_000;

/** Sends SIGTERM to a replica and its children, SIGKILL after the grace period. Returns when all are gone. */
export async function stopGroup(leader: ProcessIdentity, graceMs: number): Promise<void> {
  if (await isAlive(leader)) {
    signalGroup(leader.pid, 'SIGTERM');
    // One that an experiment had stopped when the platform was killed has to hear it.
    signalGroup(leader.pid, 'SIGCONT');
    if (!(await isGoneWithin(leader, graceMs))) {
      signalGroup(leader.pid, 'SIGKILL');
      if (!(await isGoneWithin(leader, killLimitMs))) {
        throw new Error(`process ${leader.pid} still exists ${killLimitMs} ms after SIGKILL`);
      }
    }
  }
  await killStragglers(leader.pid);
}

/** Kills what a process that has exited left running in its group. */
export async function killStragglers(pid: number): Promise<void> {
  // Another process has this pid now: the group may be its own.
  if ((await identify(pid)) === undefined) signalGroup(pid, 'SIGKILL');
}

/** Nothing to do where it is gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function isGoneWithin(leader: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (await isAlive(leader)) {
    if (performance.now() >= deadline) return false;
    await sleep(pollMs);
  }
  return true;
}
