import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultVariable } from './order.ts';

/** Arguments that make node run the program which injects and removes faults. */
export type OwnArguments = readonly string[];

export interface MarkedProcess {
  pid: number;
  /** Why it has ended, in its own words; undefined while it runs. */
  ended(): string | undefined;
  /** Nothing of it is read any more: it does not keep this program from ending. */
  release(): void;
}

const pollMs = 50;
const mostSaid = 2_000;

/**
 * Starts a part of a fault that outlives this program: it leaves the group and the variables of its
 * act, and is found by the mark of the fault alone.
 */
export async function startMarked(
  mark: string,
  [verb, order]: readonly [string, object],
  own: OwnArguments,
): Promise<MarkedProcess> {
  const child = spawn(process.execPath, [...own, verb, JSON.stringify(order)], {
    ...{ cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
    env: { [faultVariable]: mark },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostSaid);
  });
  await once(child, 'spawn');
  child.unref();
  return {
    pid: child.pid ?? 0,
    release: () => child.stderr.destroy(),
    ended: () => {
      if (child.exitCode === null && child.signalCode === null) return undefined;
      return said.trim().split('\n')[0] || `it ended with ${child.exitCode ?? child.signalCode}`;
    },
  };
}

/** Until this holds. Rejects with what the process says where it ends before. */
export async function untilHeld(held: MarkedProcess, isHeld: () => boolean): Promise<void> {
  try {
    for (;;) {
      const why = held.ended();
      if (why !== undefined) throw new Error(why);
      if (isHeld()) return;
      await sleep(pollMs);
    }
  } finally {
    held.release();
  }
}
