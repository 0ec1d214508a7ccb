/**
 * Who holds a lease of a server, a file for each. Both the agent and the keeper of the lease read them,
 * and whoever comes after either of them was killed.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeasedActivity } from '../../../contracts/recovery/lease-wire.ts';
import { bootId, sinceBootMs } from '../../../processes/boot-clock.ts';
import { syncFolder, writeDurably } from '../../../processes/durable-file.ts';

export interface Holder {
  id: string;
  /** The boot by whose clock `untilMs` is. */
  boot: string;
  untilMs: number;
  leaseMs: number;
  activity: LeasedActivity;
}

export function leaseFolder(stateFolder: string): string {
  return join(stateFolder, 'leases');
}

const fileOf = (folder: string, id: string) => join(folder, `${id}.json`);
/** Of a name by which no other file in the folder is called. */
const holderName = /^([0-9a-f-]{36})\.json$/;

export function newHolder(activity: LeasedActivity, leaseMs: number): Holder {
  const untilMs = sinceBootMs() + leaseMs;
  return { id: randomUUID(), boot: bootId(), untilMs, leaseMs, activity };
}

/** Whether its time is over: also where the host was started again meanwhile. */
export function isOver({ boot, untilMs }: Holder, nowMs = sinceBootMs()): boolean {
  return nowMs >= untilMs || boot !== bootId();
}

export async function readHolders(folder: string): Promise<Holder[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => holderName.test(name));
  const read = await Promise.all(files.map((name) => readHolder(join(folder, name))));
  return read.filter((holder) => holder !== undefined);
}

export async function isHolder(folder: string, id: string): Promise<boolean> {
  return (await readHolders(folder)).some((holder) => holder.id === id);
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Holder);
}

export async function addHolder(folder: string, holder: Holder): Promise<void> {
  await writeDurably(fileOf(folder, holder.id), holder);
}

/** Not on disk at once: after a crash of the host its lease is over in any case. */
export async function extendHolder(folder: string, holder: Holder): Promise<void> {
  const draft = join(folder, `.${holder.id}.draft`);
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  await rename(draft, fileOf(folder, holder.id));
}

export async function removeHolder(folder: string, id: string): Promise<void> {
  await rm(fileOf(folder, id), { force: true });
  await syncFolder(folder);
}
