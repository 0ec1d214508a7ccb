import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system of its own, in memory. Needs root. */
export class ScratchDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<ScratchDisk> {
    const disk = new ScratchDisk(await mkdtemp(join(tmpdir(), 'belay-disk-')));
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'belay-data', disk.folder]);
    return disk;
  }

  get freeBlocks(): number {
    return statfsSync(this.folder).bavail;
  }

  async close(): Promise<void> {
    spawnSync('umount', ['-l', this.folder]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
