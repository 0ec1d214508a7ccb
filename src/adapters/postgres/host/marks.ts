/** What is left in a data folder so that no way of starting it makes it a primary. */
import { chmod, chown, open, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import type { FenceEvidence } from '../../../contracts/recovery/database-node.ts';
import { readWritten, syncFolder, writeDurably } from '../../../processes/durable-file.ts';
import { controlPath, fencedControlPath } from './control-file.ts';

export interface FenceRecord {
  /** Absent: a fence that no run asked for. */
  act?: RunStep;
  evidence: FenceEvidence;
  /** What it was when it was fenced, and is again once it is not. */
  was: 'primary' | 'standby';
  /** Absent: the fence was begun, and is not proven yet. */
  isProven?: true;
}

type Owner = { uid: number; gid: number } | undefined;

const fenceFile = (dataFolder: string) => join(dataFolder, 'belay-fence.json');
const standbyFile = (dataFolder: string) => join(dataFolder, 'standby.signal');

export async function readFence(dataFolder: string): Promise<FenceRecord | undefined> {
  return readWritten<FenceRecord>(fenceFile(dataFolder));
}

export async function writeFence(
  dataFolder: string,
  record: FenceRecord,
  owner: Owner,
): Promise<void> {
  await writeDurably(fenceFile(dataFolder), record);
  if (owner) await chown(fenceFile(dataFolder), owner.uid, owner.gid);
}

export async function removeFence(dataFolder: string): Promise<void> {
  await rm(fenceFile(dataFolder), { force: true });
  await syncFolder(dataFolder);
}

export function isStandbyMarked(dataFolder: string): boolean {
  return existsSync(standbyFile(dataFolder));
}

/** Whatever starts the server from now on, it starts as a standby. */
export async function markStandby(dataFolder: string, owner: Owner): Promise<void> {
  const path = standbyFile(dataFolder);
  const file = await open(path, 'a', 0o600);
  try {
    if (owner) await file.chown(owner.uid, owner.gid);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dataFolder);
}

export async function unmarkStandby(dataFolder: string): Promise<void> {
  await rm(standbyFile(dataFolder), { force: true });
  await syncFolder(dataFolder);
}

/** From now on it does not start at all. */
export async function hideControlFile(dataFolder: string): Promise<void> {
  await move(dataFolder, controlPath, fencedControlPath);
}

export async function showControlFile(dataFolder: string): Promise<void> {
  await move(dataFolder, fencedControlPath, controlPath);
}

async function move(dataFolder: string, from: string, to: string): Promise<void> {
  if (existsSync(join(dataFolder, from))) {
    await rename(join(dataFolder, from), join(dataFolder, to));
  }
  await syncFolder(join(dataFolder, 'global'));
}

/**
 * PostgreSQL refuses to start in a folder that others may enter, and pg_rewind works in it: the one
 * mark that a rewind does not remove on its way.
 */
const unusableBit = 0o001;

/** The empty folder where a volume is to be mounted may be entered by everybody, and says nothing. */
export async function isUnusable(dataFolder: string): Promise<boolean> {
  const { mode } = await stat(dataFolder);
  return (mode & unusableBit) !== 0 && existsSync(join(dataFolder, 'PG_VERSION'));
}

export async function markUnusable(dataFolder: string): Promise<void> {
  await chmod(dataFolder, ((await stat(dataFolder)).mode & 0o750) | unusableBit);
  await syncFolder(dataFolder);
}

export async function clearUnusable(dataFolder: string): Promise<void> {
  await chmod(dataFolder, (await stat(dataFolder)).mode & 0o750);
  await syncFolder(dataFolder);
}
