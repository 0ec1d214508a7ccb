import type { NetworkFault } from '../../../specs/chaos/fault.ts';

/** What the kernel has counted of a fault since it was injected. */
export interface PacketCounts {
  /** Packets of the network to which it might be done. */
  met: number;
  /** Those to which it was done. */
  hit: number;
  /** Of the queue through which they leave, where there is one. */
  queue?: QueueCounts;
  /** How long a connection to a peer took just now; absent: none was tried, or it failed. */
  connectMs?: number;
}

export interface QueueCounts {
  packets: number;
  /** Were held back, or dropped since too many were. */
  slowed: number;
  /** Are held now. */
  held: number;
}

export interface EffectSeen {
  isEffective: boolean;
  detail: string;
}

/** What one type of fault does to packets: arguments of iptables and tc, and how its effect is seen. */
export interface PacketEffect<Fault extends NetworkFault = NetworkFault> {
  table: 'mangle' | 'filter';
  directions(fault: Fault): readonly ('in' | 'out')[];
  /** Of the packets of the network, those to which it might be done. Default: all. */
  meets?: readonly string[];
  /** Of those, which ones it is done to. */
  picks(fault: Fault): readonly string[];
  /** What is done to them; `handle` is that of the queue. */
  does(handle: string): readonly string[];
  /** The only ports of peers that count, whatever the network has. */
  ports?: readonly number[];
  /** How packets leave that were picked: commands of tc below `class`, which has this handle. */
  queue?(fault: Fault): { rateKbit: number; discipline: readonly string[] };
  judge(fault: Fault, counts: PacketCounts): EffectSeen;
}
