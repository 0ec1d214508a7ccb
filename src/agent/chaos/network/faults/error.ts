import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { atRandom, judgeShare } from './dropping.ts';

/** New TCP connections are reset, as by a server on which nothing listens. */
export const error: PacketEffect<Extract<NetworkFault, { type: 'error' }>> = {
  table: 'filter',
  directions: () => ['in', 'out'],
  meets: ['-p', 'tcp', '-m', 'tcp', '--tcp-flags', 'FIN,SYN,RST,ACK', 'SYN'],
  picks: ({ share }) => atRandom(share),
  does: () => ['-j', 'REJECT', '--reject-with', 'tcp-reset'],
  judge: ({ share }, counts) => judgeShare(share, counts, 'new connections were reset'),
};
