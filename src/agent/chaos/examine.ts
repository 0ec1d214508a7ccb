import { accessSync, constants } from 'node:fs';
import type { Leftover, TargetFacts } from '../../contracts/chaos/host-faults.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type {
  ChaosSettings,
  FaultyCopy,
  FaultyDisk,
  FaultyNetwork,
  FaultyProcess,
  FaultyProxy,
} from '../../specs/chaos/agent-settings.ts';
import {
  isCopyFault,
  isNetworkFault,
  isProxyFault,
  type HostFault,
} from '../../specs/chaos/fault.ts';
import { namedPart, type TargetName } from '../../specs/chaos/target-part.ts';
import type { ActRecord } from '../acts/act-files.ts';
import { findProcess } from './find-process.ts';
import { findFaultProcesses } from './fault-processes.ts';
import { describeCopy, examineCopy } from './copy/examine-copy.ts';
import { examineDisk } from './disk/disk.ts';
import { refuseMemoryOf } from './memory/memory.ts';
import { ownGroupOf } from './own-group.ts';
import { examineNetwork } from './network/examine-network.ts';
import type { ProtectedServers } from './network/protected-flows.ts';
import type { AskProbe } from './proxy/ask-through.ts';
import { examineProxy } from './proxy/proxy.ts';
import { commandOf, faultCommand, markOfFault, runOfMark } from './order.ts';
import { readProcess } from './process-facts.ts';
import { refuseProtected } from './protected.ts';

export interface Examined {
  agent: string;
  settings: ChaosSettings | undefined;
  /** Acts of this agent that have not ended. */
  open: readonly ActRecord[];
  /** Absent: what this run has left counts as well. */
  runRef?: string;
  /** Of the agent. */
  stateFolder: string;
  /** What the agent itself has to reach. */
  servers: ProtectedServers;
  /** Of the agent's settings; absent: nothing is asked that may take its time. */
  askProbe?: AskProbe;
}

/** What a fault would hit here, and everything that speaks against it. */
export async function examineTarget(
  { target, fault, durationMs }: { target: TargetName; fault: HostFault; durationMs: number },
  { agent, settings, open, runRef, servers, stateFolder, askProbe }: Examined,
): Promise<TargetFacts> {
  const none = { what: whatOf(target), leftovers: [] };
  if (settings === undefined) {
    return { ...none, refusals: ['its settings have no chaos: nothing may be hit there'] };
  }
  const process = settings.processes.find(({ name }) => name === target.process);
  const network = settings.networks.find(({ name }) => name === target.network);
  const disk = settings.disks.find(({ name }) => name === target.disk);
  const proxy = settings.proxies.find(({ name }) => name === target.proxy);
  const copy = settings.copies.find(({ name }) => name === target.copy);
  const part = process ?? network ?? disk ?? proxy ?? copy;
  const refusals = refuseBySettings(target, fault, durationMs, { settings, part });
  const leftovers = leftoversOn({ agent, open, runRef });
  if (network !== undefined && isNetworkFault(fault)) {
    const isOwn = (mark: string) => runOfMark(mark) === runRef;
    const found = await examineNetwork(network, { fault, servers: await servers(), isOwn });
    return {
      what: found.what,
      refusals: [...refusals, ...found.refusals],
      leftovers: [...leftovers, ...found.leftovers],
    };
  }
  if (proxy !== undefined && isProxyFault(fault)) {
    const found = await examineProxy(proxy, { fault, servers: await servers(), askProbe });
    return {
      what: found.what,
      refusals: [...refusals, ...found.refusals],
      leftovers: [...leftovers, ...found.leftovers],
    };
  }
  if (copy !== undefined && isCopyFault(fault)) {
    const found =
      askProbe === undefined
        ? await describeCopy(copy, { stateFolder })
        : await examineCopy(copy, fault, { stateFolder });
    return {
      what: found.what,
      refusals: [...refusals, ...found.refusals],
      leftovers: [...leftovers, ...found.leftovers],
    };
  }
  if (disk !== undefined && fault.type === 'disk') {
    const found = examineDisk(disk, fault, stateFolder);
    return { what: found.what, refusals: [...refusals, ...found.refusals], leftovers };
  }
  if (process === undefined) {
    const isOfHost = namedPart(target).part === 'host' && fault.type === 'memory';
    const lacking = isOfHost ? refuseMemoryOf(undefined, fault) : [];
    return { ...none, refusals: [...refusals, ...lacking], leftovers };
  }
  const found = await findProcess(process.foundBy);
  if (!found.ok) return { ...none, refusals: [...refusals, found.reason], leftovers };
  const { pid } = found.identity;
  const facts = readProcess(pid);
  const isFrozen = open.some(({ command }) => command === commandOf('freeze', target));
  const isStopped = facts?.state === 'T' && !isFrozen;
  return {
    what: `process ${pid} (${facts?.name ?? 'ended'}), found ${found.how}`,
    process: found.identity,
    refusals: [...refusals, ...refuseProcess(pid, fault)],
    leftovers: [
      ...leftovers,
      ...(isStopped
        ? [{ what: `process ${pid} is stopped; continue it with: kill -CONT ${pid}` }]
        : []),
    ],
  };
}

function whatOf(target: TargetName): string {
  const { part, name } = namedPart(target);
  return name === undefined ? 'the host' : `${part} ${name}`;
}

function refuseBySettings(
  target: TargetName,
  { type }: HostFault,
  durationMs: number,
  { settings, part: found }: { settings: ChaosSettings; part: Faulty | undefined },
): string[] {
  const refusals: string[] = [];
  if (durationMs > settings.longestMs) {
    const longest = formatDuration(settings.longestMs);
    refusals.push(`${formatDuration(durationMs)} is longer than its settings allow, ${longest}`);
  }
  const { part, name } = namedPart(target);
  if (name !== undefined && found === undefined) {
    const { processes, networks, disks, proxies, copies } = settings;
    const listed: readonly Faulty[] = {
      process: processes,
      network: networks,
      disk: disks,
      proxy: proxies,
      copy: copies,
      host: [],
    }[part];
    const known = listed.map((each) => each.name);
    const offer = known.length === 0 ? 'there is none' : offerKnown(name, known);
    refusals.push(`its settings have no ${part} ${showGiven(name)}; ${offer}`);
    return refusals;
  }
  const allowed = found?.faults ?? settings.hostFaults;
  if (!allowed.includes(type)) {
    const may = allowed.length === 0 ? 'nothing' : allowed.join(', ');
    refusals.push(`its settings do not allow ${type} of ${whatOf(target)}; they allow ${may}`);
  }
  return refusals;
}

type Faulty = FaultyProcess | FaultyNetwork | FaultyDisk | FaultyProxy | FaultyCopy;

function refuseProcess(pid: number, fault: HostFault): string[] {
  const refused = refuseProtected(pid);
  if (refused !== undefined) return [`${refused}, which is never hit`];
  if (fault.type === 'cpu') return refuseGroup(pid);
  if (fault.type === 'memory') return refuseMemoryOf(pid, fault);
  try {
    process.kill(pid, 0);
    return [];
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return [
      `the agent may not signal process ${pid} (${code}): it needs the same account, or root`,
    ];
  }
}

function refuseGroup(pid: number): string[] {
  const group = ownGroupOf(pid, 'cpu');
  if (!group.ok) return [`${group.reason}: write host: true to have the host compete`];
  try {
    accessSync(`${group.folder}/cgroup.procs`, constants.W_OK);
    return [];
  } catch {
    return [`the agent may not add a process to ${group.folder}`];
  }
}

/**
 * What others have on this host, in whatever environment they are: two faults at once could not be told
 * apart. Of faults whose acts nobody knows any more, their processes.
 */
function leftoversOn({
  agent,
  open,
  runRef,
}: {
  agent: string;
  open: readonly ActRecord[];
  runRef: string | undefined;
}): Leftover[] {
  const acts = open.filter(({ command }) => command.startsWith(faultCommand));
  const known = new Set(acts.map(({ act }) => markOfFault(agent, act)));
  const strays = findFaultProcesses().filter(
    ({ mark }) => mark.startsWith(`${agent}/`) && !known.has(mark),
  );
  return [
    ...acts
      .filter(({ act }) => act.runRef !== runRef)
      .map(({ command, act }) => ({ what: `${command} is not over`, runRef: act.runRef })),
    ...strays.map(({ pid, mark }) => ({
      what: `process ${pid} of a fault; end it with: kill ${pid}`,
      runRef: runOfMark(mark),
    })),
  ];
}
