import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { readLock, type Lock, type LockWitness } from '../answers/read-lock.ts';
import type { ResticTool } from '../tool/restic-tool.ts';

export async function readLocks(tool: ResticTool, attempt: Attempt): Promise<Lock[]> {
  const { stdout } = await tool.require(['list', 'locks', '--no-lock'], attempt);
  const locks: Lock[] = [];
  for (const id of stdout.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line))) {
    const answer = await tool.read(['cat', 'lock', id, '--no-lock'], attempt);
    // One that is gone again was released meanwhile.
    const lock = answer.exitCode === 0 ? readLock(id, answer.stdout) : undefined;
    if (lock) locks.push(lock);
  }
  return locks;
}

export function thisHost(nowMs: number): LockWitness {
  return { host: hostname(), nowMs, isAlive };
}

function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8') !== '';
  } catch {
    return false;
  }
}
