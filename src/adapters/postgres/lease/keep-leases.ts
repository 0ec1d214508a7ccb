import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sinceBootMs } from '../../../processes/boot-clock.ts';
import type { ProcessIdentity } from '../../../processes/identity.ts';
import { isOver, readHolders, removeHolder, type Holder } from './holders.ts';

/** What a keeper says of itself, often: whose leases it keeps. */
export interface KeeperReport {
  keeper: ProcessIdentity;
  /** Since the boot. */
  atMs: number;
  holders: readonly string[];
}

export function keeperReport(folder: string): string {
  return join(folder, 'keeper');
}

interface Keeping {
  folder: string;
  self: ProcessIdentity;
  /** Ends the server, and keeps it from being started as a primary. */
  fence(holder: Holder): Promise<unknown>;
  onError(error: unknown): void;
  /** Nobody holds a lease for so long: the keeper is not needed any more. */
  idleMs?: number;
}

const lookEveryMs = 20;
const readEveryMs = 50;
const reportEveryMs = 250;
const againAfterMs = 200;

/**
 * Looks at the clock again and again, and fences the server once the time of any holder is over. What
 * is over stays over, whoever extends it late. Reading files never keeps it from looking at the clock.
 */
export async function keepLeases(keeping: Keeping): Promise<void> {
  const { folder, idleMs = 5_000 } = keeping;
  const held = new Map<string, Holder>();
  const over = new Set<string>();
  const look = () => {
    for (const holder of held.values()) if (isOver(holder)) over.add(holder.id);
  };
  const timer = setInterval(look, lookEveryMs);
  let reporting: Promise<void> | undefined;
  const reports = setInterval(() => {
    reporting ??= report(keeping, held).finally(() => (reporting = undefined));
  }, reportEveryMs);
  const fencing = fenceOver(keeping, held, over);
  let neededMs = performance.now();
  try {
    while (performance.now() - neededMs < idleMs) {
      const found = await readHolders(folder).catch((error: unknown) => {
        keeping.onError(error);
        return [...held.values()];
      });
      look();
      for (const id of held.keys()) {
        if (!over.has(id) && !found.some((each) => each.id === id)) held.delete(id);
      }
      for (const holder of found) if (!over.has(holder.id)) held.set(holder.id, holder);
      look();
      if (held.size > 0) neededMs = performance.now();
      await sleep(readEveryMs);
    }
  } finally {
    clearInterval(timer);
    clearInterval(reports);
    fencing.stop();
  }
}

/** One fence at a time, until it holds: nobody else can be relied on. */
function fenceOver(
  { folder, fence, onError }: Keeping,
  held: Map<string, Holder>,
  over: Set<string>,
): { stop(): void } {
  let isStopped = false;
  const run = async () => {
    while (!isStopped) {
      const [id] = over;
      const holder = id === undefined ? undefined : held.get(id);
      if (holder === undefined) {
        await sleep(lookEveryMs);
        continue;
      }
      try {
        await fence(holder);
        await removeHolder(folder, holder.id);
        held.delete(holder.id);
        over.delete(holder.id);
      } catch (error) {
        onError(error);
        await sleep(againAfterMs);
      }
    }
  };
  void run();
  return { stop: () => (isStopped = true) };
}

async function report(
  { folder, self, onError }: Keeping,
  held: Map<string, Holder>,
): Promise<void> {
  const said: KeeperReport = { keeper: self, atMs: sinceBootMs(), holders: [...held.keys()] };
  const draft = `${keeperReport(folder)}.draft`;
  try {
    await writeFile(draft, JSON.stringify(said), { mode: 0o600 });
    await rename(draft, keeperReport(folder));
  } catch (error) {
    onError(error);
  }
}
