import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessName } from '../../contracts/chaos/host-faults.ts';
import { isCopyFault, isNetworkFault, isProxyFault } from '../../specs/chaos/fault.ts';
import { isAlive } from '../../processes/identity.ts';
import { damageCopy, restoreCopy } from './copy/copy.ts';
import { emptyDisk, fillDisk } from './disk/disk.ts';
import { takeMemory } from './memory/memory.ts';
import { ownGroupOf } from './own-group.ts';
import { startMarked, type OwnArguments } from './start-marked.ts';
import { endFaultProcesses, findFaultProcesses } from './fault-processes.ts';
import { disturbNetwork, restoreNetwork } from './network/change-network.ts';
import { disturbProxy, restoreProxy } from './proxy/proxy.ts';
import type { DiskOrder, FaultOrder, NetworkOrder } from './order.ts';
import { readProcess } from './process-facts.ts';
import { refuseProtected } from './protected.ts';

const pollMs = 20;
const signalledWithinMs = 5_000;

/** Injects a fault, and returns once the kernel shows it. */
export async function injectFault(order: FaultOrder, own: OwnArguments): Promise<void> {
  const { fault, identity, proxy, copy } = order;
  if (proxy !== undefined && isProxyFault(fault)) {
    await disturbProxy({ mark: order.mark, fault, proxy });
    return;
  }
  if (copy !== undefined && isCopyFault(fault)) {
    await damageCopy({ mark: order.mark, copy }, fault);
    return;
  }
  if (isNetworkFault(fault)) {
    await disturbNetwork({ ...order, fault, network: requireNetwork(order) });
    return;
  }
  switch (fault.type) {
    case 'freeze':
      await signal(await requireTarget(identity), 'SIGSTOP', (state) => state === 'T');
      return;
    case 'crash':
      await signal(await requireTarget(identity), 'SIGKILL', (state) => state === undefined);
      return;
    case 'cpu':
      if (identity !== undefined) await requireTarget(identity);
      await startBurners(order, fault, own);
      return;
    case 'memory':
      if (identity !== undefined) await requireTarget(identity);
      await takeMemory(order, fault, own);
      return;
    case 'disk':
      await fillDisk({ ...order, disk: requireDisk(order) }, fault, own);
      return;
  }
}

/** Removes it, whatever of it there is; right also where nothing was injected. */
export async function removeFault(order: FaultOrder): Promise<void> {
  const { fault, identity, mark, proxy, copy } = order;
  if (proxy !== undefined) {
    await restoreProxy({ mark, proxy });
    return;
  }
  if (copy !== undefined) {
    await restoreCopy({ mark, copy });
    return;
  }
  if (isNetworkFault(fault)) {
    await restoreNetwork({ mark, fault, network: requireNetwork(order) });
    return;
  }
  switch (fault.type) {
    case 'freeze':
      if (identity !== undefined && (await isAlive(identity))) {
        await signal(identity, 'SIGCONT', (state) => state !== 'T');
      }
      return;
    case 'crash':
      // Whoever supervises the process starts it again.
      return;
    case 'cpu':
    case 'memory':
      await endFaultProcesses(mark);
      return;
    case 'disk':
      await emptyDisk({ mark, disk: requireDisk(order) });
      return;
  }
}

function requireNetwork({ network }: FaultOrder): NetworkOrder {
  if (network === undefined) throw new Error('there is no network to hit');
  return network;
}

function requireDisk({ disk }: FaultOrder): DiskOrder {
  if (disk === undefined) throw new Error('there is no disk to hit');
  return disk;
}

async function requireTarget(identity: ProcessName | undefined): Promise<ProcessName> {
  if (identity === undefined) throw new Error('there is no process to hit');
  const refused = refuseProtected(identity.pid);
  if (refused !== undefined) throw new Error(refused);
  if (await isAlive(identity)) return identity;
  throw new Error(`process ${identity.pid} is another one now, or has ended`);
}

async function signal(
  identity: ProcessName,
  name: NodeJS.Signals,
  isDone: (state: string | undefined) => boolean,
): Promise<void> {
  process.kill(identity.pid, name);
  const deadline = performance.now() + signalledWithinMs;
  while (!isDone(await stateOf(identity))) {
    if (performance.now() > deadline) {
      throw new Error(`process ${identity.pid} shows nothing of ${name}`);
    }
    await sleep(pollMs);
  }
}

async function stateOf(identity: ProcessName): Promise<string | undefined> {
  return (await isAlive(identity)) ? readProcess(identity.pid)?.state : undefined;
}

/** They leave the group and the variables of this act: they stay when its program has ended. */
async function startBurners(
  { mark, identity, atMostMs }: FaultOrder,
  { load, workers }: { load: number; workers: number },
  own: OwnArguments,
): Promise<void> {
  const present = findFaultProcesses().filter((each) => each.mark === mark).length;
  for (let worker = present; worker < workers; worker += 1) {
    const burner = await startMarked(mark, ['burn', { load, atMostMs }], own);
    burner.release();
    if (identity !== undefined) joinGroupOf(identity.pid, burner.pid);
  }
}

function joinGroupOf(target: number, pid: number): void {
  const group = ownGroupOf(target, 'cpu');
  if (!group.ok) throw new Error(group.reason);
  const file = `${group.folder}/cgroup.procs`;
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  appendFileSync(file, String(pid));
}
