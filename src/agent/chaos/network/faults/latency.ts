import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';
import type { NetworkFault } from '../../../../specs/chaos/fault.ts';
import { queued, unlimitedKbit } from './queued.ts';

const mostHeld = '100000';

/** What is sent is late. Needs netem, a part of most kernels. */
export const latency: PacketEffect<Extract<NetworkFault, { type: 'latency' }>> = {
  ...queued,
  queue: ({ delayMs, jitterMs }) => ({
    rateKbit: unlimitedKbit,
    discipline: [
      ...['netem', 'limit', mostHeld, 'delay', `${delayMs}ms`],
      ...(jitterMs > 0 ? [`${jitterMs}ms`] : []),
    ],
  }),
  judge: ({ delayMs, jitterMs }, { queue, connectMs }) => {
    const isHeld = queue !== undefined && queue.held > 0;
    const isLate = connectMs !== undefined && connectMs >= (delayMs - jitterMs) / 2;
    const connected = connectMs === undefined ? '' : `; a connection took ${connectMs} ms`;
    return {
      isEffective: queue !== undefined && queue.packets > 0 && (isHeld || isLate),
      detail:
        queue === undefined
          ? 'there is no queue'
          : `${queue.packets} packets were held in its queue${connected}`,
    };
  },
};
