import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { bothOr, drop, judgeShare } from './dropping.ts';

/** No packet passes. */
export const partition: PacketEffect<Extract<NetworkFault, { type: 'partition' }>> = {
  table: 'mangle',
  directions: ({ direction }) => bothOr(direction),
  picks: () => [],
  does: () => drop,
  judge: (_, counts) => judgeShare(1, counts, 'packets were dropped'),
};
