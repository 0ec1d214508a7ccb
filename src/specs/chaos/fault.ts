/** What the agent of a host can inject, and into what. */

/** A part of a host, as `target` names it and the settings of its agent. */
export type TargetPart = 'process' | 'host' | 'network' | 'disk' | 'proxy' | 'copy';

/** By the part of a host to which each is done; where there are several, any of them. */
export const targetsOfFaults = {
  freeze: ['process'],
  crash: ['process'],
  cpu: ['process', 'host'],
  memory: ['process', 'host'],
  disk: ['disk'],
  loss: ['network'],
  partition: ['network', 'proxy'],
  error: ['network', 'proxy'],
  dns: ['network'],
  bandwidth: ['network'],
  latency: ['network', 'proxy'],
  corruption: ['network', 'copy'],
} as const satisfies Readonly<Record<string, readonly TargetPart[]>>;

export type HostFaultType = keyof typeof targetsOfFaults;

const hostFaultTypes = Object.keys(targetsOfFaults) as [HostFaultType, ...HostFaultType[]];

/** What may be done to one part of a host. */
export function faultsOf(part: TargetPart): [HostFaultType, ...HostFaultType[]] {
  const targets: Readonly<Record<HostFaultType, readonly TargetPart[]>> = targetsOfFaults;
  return hostFaultTypes.filter((type) => targets[type].includes(part)) as [
    HostFaultType,
    ...HostFaultType[],
  ];
}

/** Of packets between a host and its peers. */
export type Direction = 'both' | 'in' | 'out';

/** What is done to the packets of a network, as the settings of an agent describe it. */
export type NetworkFault =
  /** This share of the packets is dropped. */
  | { type: 'loss'; share: number; direction: Direction }
  /** Every packet is dropped. */
  | { type: 'partition'; direction: Direction }
  /** This share of new TCP connections is reset. */
  | { type: 'error'; share: number }
  /** Every packet from and to a name server is dropped. */
  | { type: 'dns' }
  /** Of what the host sends: no more than this gets out. */
  | { type: 'bandwidth'; kbitPerSecond: number }
  /** Of what the host sends: each packet is so late, more or less. */
  | { type: 'latency'; delayMs: number; jitterMs: number }
  /** One bit is wrong in this share of the packets that the host sends, or of the blocks of a copy. */
  | { type: 'corruption'; share: number };

/** What is injected. Everything about it is fixed before the experiment begins. */
export type HostFault =
  /** The process is stopped (SIGSTOP), and goes on afterwards. */
  | { type: 'freeze' }
  /** The process is killed (SIGKILL), once. Whoever supervises it starts it again. */
  | { type: 'crash' }
  /** So many processes compete for CPUs, each busy for this share of the time. */
  | { type: 'cpu'; load: number; workers: number }
  /** So many bytes of memory are taken. */
  | { type: 'memory'; bytes: number }
  /** A file system is filled until only this share of it is free. */
  | { type: 'disk'; leave: number }
  | NetworkFault;

/** What is done to pods by Chaos Mesh, and to nothing else. */
export const meshFaultTypes = ['outage'] as const;

/** Every container of the pod is replaced by one that does nothing, and comes back afterwards. */
export interface MeshFault {
  type: (typeof meshFaultTypes)[number];
}

export type Fault = HostFault | MeshFault;

export type FaultType = Fault['type'];

export const faultTypes = [...hostFaultTypes, ...meshFaultTypes] as const;

export function isHostFault(fault: Fault): fault is HostFault {
  return hostFaultTypes.some((type) => type === fault.type);
}

/** What is done to requests of one of two tracks of a service. */
export const requestFaultTypes = ['latency', 'error'] as const satisfies HostFaultType[];

/** What is done to one of two tracks of a service of the local platform: to its requests, or to one of its replicas. */
export const trackFaultTypes = [
  ...requestFaultTypes,
  'crash',
  'freeze',
] as const satisfies HostFaultType[];

export type TrackFault = Extract<HostFault, { type: (typeof trackFaultTypes)[number] }>;

export function isTrackFault(fault: Fault): fault is TrackFault {
  return trackFaultTypes.some((type) => type === fault.type);
}

/** What a proxy can do to the connections that go through it. */
export type ProxyFault = Extract<NetworkFault, { type: 'latency' | 'error' | 'partition' }>;

export function isProxyFault(fault: HostFault): fault is ProxyFault {
  return faultsOf('proxy').includes(fault.type);
}

/** What can be done to the files of a copy. */
export type CopyFault = Extract<NetworkFault, { type: 'corruption' }>;

export function isCopyFault(fault: Fault): fault is CopyFault {
  return faultsOf('copy').some((type) => type === fault.type);
}

export function isNetworkFault(fault: HostFault): fault is NetworkFault {
  return faultsOf('network').includes(fault.type);
}
