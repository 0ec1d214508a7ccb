import { randomFillSync } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { floorOfGroup, floorOfHost, show } from '../../../policies/chaos/memory-room.ts';
import { Deadline } from '../../leases/deadline.ts';
import { groupMemory, hostMemory } from './memory-facts.ts';

export interface MemoryHold {
  bytes: number;
  /** The folder of the cgroup whose memory it is; absent: that of the host alone. */
  group?: string;
  atMostMs: number;
}

const chunkBytes = 8 * 2 ** 20;
const pollMs = 200;
/** Of the kernel, where it has to end something: this before everything else. */
const firstToGo = '1000';

/** Takes so much memory, and gives all of it back when its time is over or others are about to need it. */
export async function holdMemory({ bytes, group, atMostMs }: MemoryHold): Promise<void> {
  const deadline = new Deadline(atMostMs);
  writeFileSync('/proc/self/oom_score_adj', firstToGo);
  if (group !== undefined) appendFileSync(`${group}/cgroup.procs`, String(process.pid));
  // Bytes that neither compression nor merging of pages makes smaller.
  const noise = randomFillSync(Buffer.allocUnsafeSlow(2 ** 20));
  const held: Buffer[] = [];
  for (let taken = 0; taken < bytes; taken += chunkBytes) {
    const size = Math.min(chunkBytes, bytes - taken);
    requireRoom(group, size);
    held.push(Buffer.allocUnsafeSlow(size).fill(noise));
  }
  while (!deadline.isOver) {
    requireRoom(group, 0);
    await sleep(pollMs);
  }
  held.length = 0;
}

function requireRoom(group: string | undefined, size: number): void {
  const host = hostMemory();
  const own = group === undefined ? undefined : groupMemory(group);
  const hostLeft = host.available - size;
  if (hostLeft < floorOfHost(host)) throw new Error(`the host has only ${show(hostLeft)} left`);
  if (own === undefined) return;
  const ownLeft = own.available - size;
  if (ownLeft < floorOfGroup(own)) throw new Error(`its cgroup has only ${show(ownLeft)} left`);
}
