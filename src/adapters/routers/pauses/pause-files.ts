/**
 * Until when the clients of a router wait, and which processes let them go on then. Both the agent and
 * those processes read it, and whoever comes after either of them was killed.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId, sinceBootMs } from '../../../processes/boot-clock.ts';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';
import type { ProcessIdentity } from '../../../processes/identity.ts';

export interface LeasedPause {
  /** Of the act that paused, so that nobody ends the pause of another one. */
  id: string;
  /** The boot by whose clock `untilMs` is. */
  boot: string;
  untilMs: number;
}

/** A process that lets the clients of one pause go on. */
export interface PauseKeeper {
  id: string;
  keeper: ProcessIdentity;
}

const pauseFile = (folder: string) => join(folder, 'pause.json');
const keeperFile = (folder: string, pid: number) => join(folder, `keeper-${pid}.json`);
const keeperName = /^keeper-(\d+)\.json$/;

export function newPause(id: string, forMs: number): LeasedPause {
  return { id, boot: bootId(), untilMs: sinceBootMs() + forMs };
}

/** Below zero: it is over, also where the host was started again meanwhile. */
export function leftOf({ boot, untilMs }: LeasedPause): number {
  return boot === bootId() ? untilMs - sinceBootMs() : -1;
}

export const readPause = (folder: string) => readWritten<LeasedPause>(pauseFile(folder));
export const writePause = (folder: string, pause: LeasedPause) =>
  writeDurably(pauseFile(folder), pause);
export const removePause = (folder: string) => rm(pauseFile(folder), { force: true });

/** Before it does anything else: whoever pauses next stops the processes that are named here. */
export const registerKeeper = (folder: string, kept: PauseKeeper) =>
  writeDurably(keeperFile(folder, kept.keeper.pid), kept);
export const removeKeeper = (folder: string, { keeper: { pid } }: PauseKeeper) =>
  rm(keeperFile(folder, pid), { force: true });

export async function readKeepers(folder: string): Promise<PauseKeeper[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => keeperName.test(name));
  const read = await Promise.all(files.map((name) => readWritten<PauseKeeper>(join(folder, name))));
  return read.filter((kept) => kept !== undefined);
}
