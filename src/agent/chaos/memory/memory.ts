/** Memory that is taken from a host, or from the cgroup of a process. */
import { accessSync, constants } from 'node:fs';
import { refuseMemory, show } from '../../../policies/chaos/memory-room.ts';
import type { HostFault } from '../../../specs/chaos/fault.ts';
import { findFaultProcesses } from '../fault-processes.ts';
import { ownGroupOf } from '../own-group.ts';
import { startMarked, untilHeld, type OwnArguments } from '../start-marked.ts';
import type { FaultOrder } from '../order.ts';
import type { MemoryHold } from './hold-memory.ts';
import { groupMemory, hostMemory, memoryOf } from './memory-facts.ts';

type MemoryFault = Extract<HostFault, { type: 'memory' }>;

/** Why so much cannot be taken from this process, or from the host. */
export function refuseMemoryOf(pid: number | undefined, { bytes }: MemoryFault): string[] {
  const host = hostMemory();
  if (pid === undefined) return refuseMemory(bytes, { host, group: undefined });
  const group = ownGroupOf(pid, 'memory');
  if (!group.ok) return [`${group.reason}: write host: true to take it from the host`];
  try {
    accessSync(`${group.folder}/cgroup.procs`, constants.W_OK);
  } catch {
    return [`the agent may not add a process to ${group.folder}`];
  }
  return refuseMemory(bytes, { host, group: groupMemory(group.folder) });
}

/** Returns once the kernel shows that it is taken. */
export async function takeMemory(
  { mark, identity, atMostMs }: FaultOrder,
  { bytes }: MemoryFault,
  own: OwnArguments,
): Promise<void> {
  const group = identity === undefined ? undefined : ownGroupOf(identity.pid, 'memory');
  if (group?.ok === false) throw new Error(group.reason);
  const hold: MemoryHold = { bytes, atMostMs, ...(group && { group: group.folder }) };
  const held = await startMarked(mark, ['hold-memory', hold], own);
  await untilHeld(held, () => isTaken(mark, bytes));
}

export function observeMemory(
  mark: string,
  { bytes }: MemoryFault,
): { isEffective: boolean; isThere: boolean; detail: string } {
  const holders = findFaultProcesses().filter((each) => each.mark === mark);
  const taken = takenBy(mark);
  const left = show(hostMemory().available);
  return {
    ...{ isEffective: isTaken(mark, bytes), isThere: holders.length > 0 },
    detail: `its process has ${show(taken)}, to take ${show(bytes)}; the host has ${left} left`,
  };
}

/** Beside what it takes, a process of Node.js has more than this by itself. */
const leastOfProcess = 24 * 2 ** 20;

function isTaken(mark: string, bytes: number): boolean {
  return takenBy(mark) >= bytes + leastOfProcess;
}

function takenBy(mark: string): number {
  const holders = findFaultProcesses().filter((each) => each.mark === mark);
  return holders.reduce((sum, { pid }) => sum + memoryOf(pid), 0);
}
