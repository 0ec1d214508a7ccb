import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { queued } from './queued.ts';

/** What is sent waits in a queue that is emptied at this rate. */
export const bandwidth: PacketEffect<Extract<NetworkFault, { type: 'bandwidth' }>> = {
  ...queued,
  queue: ({ kbitPerSecond }) => ({
    rateKbit: kbitPerSecond,
    discipline: ['pfifo', 'limit', '100'],
  }),
  judge: (_, { queue }) => ({
    isEffective: queue !== undefined && queue.slowed > 0,
    detail:
      queue === undefined
        ? 'there is no queue'
        : `${queue.packets} packets went through its queue, which held back or dropped ${queue.slowed}`,
  }),
};
