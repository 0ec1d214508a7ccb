import { createHash } from 'node:crypto';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import type { ProcessName } from '../../contracts/chaos/host-faults.ts';
import type { FaultyNetwork, FaultyProxy } from '../../specs/chaos/agent-settings.ts';
import type { HostFault } from '../../specs/chaos/fault.ts';
import { namedPart, type TargetName } from '../../specs/chaos/target-part.ts';
import type { NamespaceName } from './network/namespace.ts';

/** What the program that injects a fault is told, as one argument: so that it is on disk with its act. */
export interface FaultOrder {
  /** Names whatever the fault starts: `<agent>/<runRef>/<step>`. */
  mark: string;
  fault: HostFault;
  /** Of a process alone. */
  identity?: ProcessName;
  /** Of a network alone. */
  network?: NetworkOrder;
  /** Of a disk alone. */
  disk?: DiskOrder;
  /** Of a proxy alone. */
  proxy?: ProxyOrder;
  /** Of a copy alone. */
  copy?: CopyOrder;
  /** The fault ends by itself after this. */
  atMostMs: number;
}

/** A network as it was when the fault was accepted, whatever the settings say later. */
export interface NetworkOrder extends Pick<
  FaultyNetwork,
  'interface' | 'peers' | 'ports' | 'ownPorts'
> {
  namespace: NamespaceName;
  /** Of the rules of everybody else. */
  rulesBefore: string;
}

/** A file system as it was when the fault was accepted. */
export interface DiskOrder {
  folder: string;
  device: number;
}

/** A proxy as the settings named it when the fault was accepted. */
export type ProxyOrder = Pick<FaultyProxy, 'toxiproxy' | 'proxy' | 'probe'>;

/** A folder as it was when the fault was accepted. */
export interface CopyOrder {
  folder: string;
  inode: number;
  /** Of its file system: the numbers of inodes are its own. Absent in orders of earlier versions. */
  device?: number;
}

/** The variable by which whatever a fault has started is found again. */
export const faultVariable = 'BELAY_CHAOS_FAULT';

/** What commands of acts that inject a fault begin with. */
export const faultCommand = 'chaos ';

/** What the act that injects it is called: `chaos freeze process web`, `chaos cpu host`. */
export function commandOf(type: HostFault['type'], target: TargetName): string {
  const { part, name } = namedPart(target);
  return [`${faultCommand}${type}`, part, ...(name === undefined ? [] : [name])].join(' ');
}

/** Agents that share a host tell their faults apart. */
export function markOfFault(agent: string, { runRef, step }: RunStep): string {
  return `${agent}/${runRef}/${step}`;
}

/** The run that a mark names. */
export function runOfMark(mark: string): string {
  return mark.slice(mark.indexOf('/') + 1, mark.lastIndexOf('/'));
}

/** For names that are too short for a mark. */
export function shortMark(mark: string): string {
  return createHash('sha256').update(mark).digest('hex').slice(0, 8);
}
