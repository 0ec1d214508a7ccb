/** What the kernel says of memory. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MemoryRoom } from '../../../policies/chaos/memory-room.ts';

const cgroups = '/sys/fs/cgroup';

/** Of the host: what programs may still get without swapping. */
export function hostMemory(): MemoryRoom {
  const facts = readFileSync('/proc/meminfo', 'utf8');
  return { total: kilobytes(facts, 'MemTotal'), available: kilobytes(facts, 'MemAvailable') };
}

/** Of a cgroup and those above it, the one with the least room; undefined where none has a limit. */
export function groupMemory(folder: string): MemoryRoom | undefined {
  let least: MemoryRoom | undefined;
  for (let each = folder; each.length > cgroups.length; each = dirname(each)) {
    const room = roomIn(each);
    if (room !== undefined && room.available < (least?.available ?? Infinity)) least = room;
  }
  return least;
}

function roomIn(folder: string): MemoryRoom | undefined {
  const isFirst = existsSync(`${folder}/memory.limit_in_bytes`);
  const [limitFile, usedFile, idleKey] = isFirst
    ? ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file']
    : ['memory.max', 'memory.current', 'inactive_file'];
  try {
    const total = Number(readFileSync(`${folder}/${limitFile}`, 'utf8'));
    if (!Number.isFinite(total) || total >= hostMemory().total) return undefined;
    const used = Number(readFileSync(`${folder}/${usedFile}`, 'utf8'));
    const idle = new RegExp(`^${idleKey} (\\d+)$`, 'm').exec(
      readFileSync(`${folder}/memory.stat`, 'utf8'),
    );
    return { total, available: total - used + Number(idle?.[1] ?? 0) };
  } catch {
    return undefined;
  }
}

/** What a process has, in memory or swapped out. */
export function memoryOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return kilobytes(status, 'VmRSS') + kilobytes(status, 'VmSwap');
  } catch {
    return 0;
  }
}

function kilobytes(facts: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(facts)?.[1] ?? 0) * 1_024;
}
