import type { HostFaultType } from './fault.ts';

/** How a process is found, anew each time. */
export type FoundBy = { pidFile: string } | { port: number };

/** A process of the host that experiments may hit. */
export interface FaultyProcess {
  name: string;
  foundBy: FoundBy;
  faults: readonly HostFaultType[];
}

/** Packets of the host that experiments may disturb: those of one interface with these peers. */
export interface FaultyNetwork {
  name: string;
  interface: string;
  /** Of a network namespace; absent: that of the agent. */
  namespace?: string;
  /** Addresses, and ranges of them. */
  peers: readonly string[];
  /** Of the peers: what the host asks of them. With `ownPorts` empty as well: all that there is. */
  ports: readonly number[];
  /** Of the host: what its peers ask of it. */
  ownPorts: readonly number[];
  faults: readonly HostFaultType[];
}

/** A file system of the host that experiments may fill. */
export interface FaultyDisk {
  name: string;
  /** In it. */
  folder: string;
  /** The share of it that stays free, whatever is asked. */
  leave: number;
  faults: readonly HostFaultType[];
}

/** Connections through a proxy of Toxiproxy, which experiments may disturb. */
export interface FaultyProxy {
  name: string;
  /** Its HTTP API, on this host. */
  toxiproxy: string;
  /** Its name in Toxiproxy. */
  proxy: string;
  /** A probe of this agent whose connections go through the proxy: it shows the fault, and that it is gone. */
  probe: string;
  /** How long that waits. */
  probeTimeoutMs: number;
  faults: readonly HostFaultType[];
}

/** Files that whoever answers for them has declared to be a copy, and experiments may damage. */
export interface FaultyCopy {
  name: string;
  folder: string;
  faults: readonly HostFaultType[];
}

/** `chaos` of an agent's settings file: what experiments may do on its host. Anything else is refused. */
export interface ChaosSettings {
  /** No fault lasts longer. */
  longestMs: number;
  processes: readonly FaultyProcess[];
  networks: readonly FaultyNetwork[];
  disks: readonly FaultyDisk[];
  proxies: readonly FaultyProxy[];
  copies: readonly FaultyCopy[];
  /** What may be done to the host itself. */
  hostFaults: readonly HostFaultType[];
}
