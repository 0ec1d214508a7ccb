import type { PacketEffect } from '../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../specs/chaos/fault.ts';
import { bandwidth } from './faults/bandwidth.ts';
import { corruption } from './faults/corruption.ts';
import { dns } from './faults/dns.ts';
import { error } from './faults/error.ts';
import { latency } from './faults/latency.ts';
import { loss } from './faults/loss.ts';
import { partition } from './faults/partition.ts';

const effects: {
  [Type in NetworkFault['type']]: PacketEffect<Extract<NetworkFault, { type: Type }>>;
} = { loss, partition, error, dns, bandwidth, latency, corruption };

/** What a fault of a network does to packets. */
export function effectOf({ type }: NetworkFault): PacketEffect {
  return effects[type];
}
