import { randomUUID } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { identifySelf, isAlive, type ProcessIdentity } from '../../processes/identity.ts';
import { readWritten, syncFolder, writeDurably } from '../../processes/durable-file.ts';
import type { ActFiles } from '../acts/act-files.ts';

/** Makes this process the one watchdog of an act; false if another has been. */
export async function claimAct(files: ActFiles): Promise<boolean> {
  const own = `${files.watchdog}.${randomUUID()}`;
  await writeDurably(own, await identifySelf());
  try {
    await link(own, files.watchdog);
    await syncFolder(files.folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

export type Claim = 'none' | 'alive' | 'dead';

export async function readClaim(files: ActFiles): Promise<Claim> {
  const holder = await readWritten<ProcessIdentity>(files.watchdog);
  if (holder === undefined) return 'none';
  return (await isAlive(holder)) ? 'alive' : 'dead';
}
