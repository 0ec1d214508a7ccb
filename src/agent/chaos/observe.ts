import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSeen, ProcessName } from '../../contracts/chaos/host-faults.ts';
import { isAlive } from '../../processes/identity.ts';
import type { FoundBy } from '../../specs/chaos/agent-settings.ts';
import type { HostFault, NetworkFault } from '../../specs/chaos/fault.ts';
import { findProcess } from './find-process.ts';
import { observeMemory } from './memory/memory.ts';
import { findFaultProcesses } from './fault-processes.ts';
import type { FaultOrder } from './order.ts';
import { readProcess } from './process-facts.ts';

const measuredMs = 500;
const tickMs = 10;
/** Of what it would take on an idle host: others compete for the same CPUs. */
const leastShare = 0.1;

type ProcessFault = Exclude<HostFault, NetworkFault | { type: 'disk' }>;

/** What the kernel shows of a fault, whatever the one who injected it says. */
export async function observeFault(
  { fault, identity, mark }: Pick<FaultOrder, 'identity' | 'mark'> & { fault: ProcessFault },
  foundBy: FoundBy | undefined,
): Promise<FaultSeen> {
  switch (fault.type) {
    case 'freeze':
      return observeFreeze(identity, foundBy);
    case 'crash':
      return observeCrash(identity, foundBy);
    case 'cpu':
      return observeBurners(mark, fault, await targetNow(identity, foundBy));
    case 'memory': {
      const { isRunning } = await targetNow(identity, foundBy);
      return { ...observeMemory(mark, fault), isTargetRunning: isRunning };
    }
  }
}

async function observeFreeze(
  identity: ProcessName | undefined,
  foundBy: FoundBy | undefined,
): Promise<FaultSeen> {
  const facts = await livingFacts(identity);
  if (facts === undefined) {
    const { isRunning, detail } = await targetNow(identity, foundBy);
    return { isEffective: false, isThere: false, isTargetRunning: isRunning, detail };
  }
  const isStopped = facts.state === 'T';
  return {
    ...{ isEffective: isStopped, isThere: isStopped, isTargetRunning: !isStopped },
    detail: `process ${facts.pid} is in state ${facts.state}`,
  };
}

async function observeCrash(
  identity: ProcessName | undefined,
  foundBy: FoundBy | undefined,
): Promise<FaultSeen> {
  const isGone = identity === undefined || !(await isAlive(identity));
  const { isRunning, detail } = await targetNow(identity, foundBy);
  return { isEffective: isGone, isThere: false, isTargetRunning: isRunning, detail };
}

interface TargetNow {
  isRunning: boolean;
  detail: string;
}

/** The process that was hit, or whatever its supervisor has started in its place. Without one, the host. */
async function targetNow(
  identity: ProcessName | undefined,
  foundBy: FoundBy | undefined,
): Promise<TargetNow> {
  if (identity === undefined) return { isRunning: true, detail: 'the host' };
  const facts = await livingFacts(identity);
  if (facts !== undefined) {
    return { isRunning: facts.state !== 'T', detail: `process ${identity.pid} lives` };
  }
  const ended = `process ${identity.pid} has ended`;
  if (foundBy === undefined) return { isRunning: false, detail: ended };
  const found = await findProcess(foundBy);
  if (!found.ok) return { isRunning: false, detail: `${ended}; ${found.reason}` };
  const { pid } = found.identity;
  const isStopped = (await livingFacts(found.identity))?.state === 'T';
  const now = isStopped ? 'is stopped' : 'is there';
  return { isRunning: !isStopped, detail: `${ended}; process ${pid} ${now}` };
}

async function observeBurners(
  mark: string,
  { load, workers }: { load: number; workers: number },
  { isRunning }: TargetNow,
): Promise<FaultSeen> {
  const before = ticksOf(mark);
  await sleep(measuredMs);
  const after = ticksOf(mark);
  const used = [...after].reduce((sum, [pid, ticks]) => sum + ticks - (before.get(pid) ?? 0), 0);
  const busy = (used * tickMs) / measuredMs;
  return {
    isEffective: after.size >= workers && busy >= leastShare * load,
    ...{ isThere: after.size > 0, isTargetRunning: isRunning },
    detail: `${after.size} of ${workers} workers use ${busy.toFixed(2)} CPUs`,
  };
}

function ticksOf(mark: string): Map<number, number> {
  const own = findFaultProcesses().filter((each) => each.mark === mark);
  return new Map(own.map(({ pid }) => [pid, readProcess(pid)?.cpuTicks ?? 0]));
}

async function livingFacts(identity: ProcessName | undefined) {
  if (identity === undefined || !(await isAlive(identity))) return undefined;
  return readProcess(identity.pid);
}
