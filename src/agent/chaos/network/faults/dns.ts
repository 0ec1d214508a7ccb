import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { drop, judgeShare } from './dropping.ts';

/** Name servers among the peers are not reached. */
export const dns: PacketEffect<Extract<NetworkFault, { type: 'dns' }>> = {
  table: 'mangle',
  directions: () => ['in', 'out'],
  picks: () => [],
  does: () => drop,
  ports: [53],
  judge: (_, counts) => judgeShare(1, counts, 'packets from and to name servers were dropped'),
};
