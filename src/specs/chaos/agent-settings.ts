import type { HostFaultType } from './fault.ts';

/** How a process is found, anew each time. */
export type FoundBy = { pidFile: string } | { port: number };

/** A process of the host that experiments may hit. */
export interface FaultyProcess {
  name: string;
  foundBy: FoundBy;
  faults: readonly HostFaultType[];
}

/** `chaos` of an agent's settings file: what experiments may do on its host. Anything else is refused. */
export interface ChaosSettings {
  /** No fault lasts longer. */
  longestMs: number;
  processes: readonly FaultyProcess[];
  /** What may be done to the host itself. */
  hostFaults: readonly HostFaultType[];
}
