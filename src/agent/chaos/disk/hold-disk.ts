import { spawnSync } from 'node:child_process';
import { closeSync, openSync, statfsSync, statSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../../leases/deadline.ts';

export interface DiskHold {
  folder: string;
  /** Of the file system that was chosen: another one may be mounted there later. */
  device: number;
  /** The share of it that stays free. */
  leave: number;
  /** Of the file, which nobody but this process has open. */
  file: string;
  atMostMs: number;
}

const pollMs = 200;
const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Takes what is free of a file system, by a file without a name: when this process ends, however it
 * does, the kernel gives all of it back.
 */
export async function holdDisk({ folder, device, leave, file, atMostMs }: DiskHold): Promise<void> {
  const deadline = new Deadline(atMostMs);
  const opened = openSync(file, 'wx', 0o600);
  try {
    unlinkSync(file);
    if (statSync(folder).dev !== device) throw new Error(`${folder} is another file system now`);
    const { blocks, bavail, bsize } = statfsSync(folder);
    const bytes = Math.floor((bavail - leave * blocks) * bsize);
    if (bytes <= 0) throw new Error('there is nothing to take: less than that is free');
    const { status, stderr, error } = spawnSync(
      'fallocate',
      ['--length', String(bytes), '/proc/self/fd/3'],
      { stdio: ['ignore', 'ignore', 'pipe', opened], env: variables, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`fallocate failed: ${error?.message ?? stderr.trim()}`);
    while (!deadline.isOver) await sleep(pollMs);
  } finally {
    closeSync(opened);
  }
}
