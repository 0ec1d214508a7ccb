import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify } from '../../../processes/identity.ts';
import type { Postmaster } from '../../../contracts/recovery/database-node.ts';

export interface PostmasterFile {
  pid: number;
  /** Such as `ready`, `standby` or `starting`. */
  status: string;
}

/** What `postmaster.pid` says; absent where there is none, as after a clean shutdown. */
export async function readPostmasterFile(dataFolder: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  // A server of one user has a negative number.
  const pid = Math.abs(Number(lines[0]));
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined;
}

export async function identifyPostmaster(pid: number): Promise<Postmaster | undefined> {
  const found = await identify(pid);
  return found && { pid, startedAt: found.startTime };
}
