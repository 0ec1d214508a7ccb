import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { queued, unlimitedKbit } from './queued.ts';

const mostHeld = '100000';

/** What is sent has wrong bits, so that its receiver drops it. Needs netem, a part of most kernels. */
export const corruption: PacketEffect<Extract<NetworkFault, { type: 'corruption' }>> = {
  ...queued,
  queue: ({ share }) => ({
    rateKbit: unlimitedKbit,
    discipline: ['netem', 'limit', mostHeld, 'corrupt', `${share * 100}%`],
  }),
  judge: ({ share }, { queue }) => ({
    isEffective: queue !== undefined && queue.packets * share >= 1,
    detail:
      queue === undefined
        ? 'there is no queue'
        : `${queue.packets} packets went through its queue, which corrupts ${share * 100}%`,
  }),
};
