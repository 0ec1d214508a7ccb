import type { PacketEffect } from '../../../../policies/chaos/network/packet-effect.ts';

/** Packets leave by the queue of the fault. */
export const queued: Pick<PacketEffect, 'table' | 'directions' | 'picks' | 'does'> = {
  table: 'mangle',
  directions: () => ['out'],
  picks: () => [],
  does: (handle: string) => ['-j', 'CLASSIFY', '--set-class', `${handle}1`],
};

/** As fast as any interface is: what a queue does to packets is not their rate. */
export const unlimitedKbit = 100_000_000;
