import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { atRandom, bothOr, drop, judgeShare } from './dropping.ts';

/** This share of the packets is dropped, at random. */
export const loss: PacketEffect<Extract<NetworkFault, { type: 'loss' }>> = {
  table: 'mangle',
  directions: ({ direction }) => bothOr(direction),
  picks: ({ share }) => atRandom(share),
  does: () => drop,
  judge: ({ share }, counts) => judgeShare(share, counts, 'packets were dropped'),
};
