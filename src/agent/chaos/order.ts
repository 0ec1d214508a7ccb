import type { RunStep } from '../../contracts/kernel/agent.ts';
import type { ProcessName } from '../../contracts/chaos/host-faults.ts';
import type { HostFault } from '../../specs/chaos/fault.ts';

/** What the program that injects a fault is told, as one argument: so that it is on disk with its act. */
export interface FaultOrder {
  /** Names whatever the fault starts: `<agent>/<runRef>/<step>`. */
  mark: string;
  fault: HostFault;
  /** Absent: the host itself. */
  identity?: ProcessName;
  /** The fault ends by itself after this. */
  atMostMs: number;
}

/** The variable by which whatever a fault has started is found again. */
export const faultVariable = 'BELAY_CHAOS_FAULT';

/** What commands of acts that inject a fault begin with. */
export const faultCommand = 'chaos ';

/** Agents that share a host tell their faults apart. */
export function markOfFault(agent: string, { runRef, step }: RunStep): string {
  return `${agent}/${runRef}/${step}`;
}
