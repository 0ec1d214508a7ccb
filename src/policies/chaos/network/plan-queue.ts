import type { NetworkFault } from '../../../specs/chaos/fault.ts';
import type { PacketEffect, QueueCounts } from './packet-effect.ts';
import { handleOf } from './rule-names.ts';

/** A class of HTB sends whole segments, however small its rate. */
const burstKb = 16;

/**
 * What `tc -batch` takes: a root queue that holds back only what the rules of the fault put into its
 * one class. Everything else leaves as if it were not there. Undefined where the fault needs none.
 */
export function planQueue(
  { id, fault, effect }: { id: string; fault: NetworkFault; effect: PacketEffect },
  device: string,
): string | undefined {
  const queue = effect.queue?.(fault);
  if (queue === undefined) return undefined;
  const { rateKbit, discipline } = queue;
  const root = handleOf(id);
  const own = `${root}1`;
  const rate = `rate ${rateKbit}kbit ceil ${rateKbit}kbit burst ${burstKb}kb cburst ${burstKb}kb`;
  return [
    `qdisc add dev ${device} root handle ${root} htb`,
    `class add dev ${device} parent ${root} classid ${own} htb ${rate} quantum 60000`,
    `qdisc add dev ${device} parent ${own} ${discipline.join(' ')}`,
    '',
  ].join('\n');
}

export interface ListedQueue {
  kind: string;
  handle: string;
  root?: boolean;
  parent?: string;
  packets?: number;
  drops?: number;
  overlimits?: number;
  qlen?: number;
}

/** What `tc -j -s qdisc show dev` lists. */
export function readQueues(listed: string): ListedQueue[] {
  return JSON.parse(listed) as ListedQueue[];
}

/** The queue by which everything leaves, in one line; undefined where that is the kernel's own choice. */
export function rootQueueOf(queues: readonly ListedQueue[]): ListedQueue | undefined {
  return queues.find(({ root, handle }) => root === true && handle !== '0:');
}

/** What was counted by the queue of a fault; undefined where it is not there. */
export function countQueue(queues: readonly ListedQueue[], id: string): QueueCounts | undefined {
  const handle = handleOf(id);
  const root = queues.find((each) => each.root === true && each.handle === handle);
  const own = queues.find((each) => each.parent === `${handle}1`);
  if (root === undefined || own === undefined) return undefined;
  return {
    packets: own.packets ?? 0,
    slowed: (root.overlimits ?? 0) + (own.drops ?? 0),
    held: own.qlen ?? 0,
  };
}
