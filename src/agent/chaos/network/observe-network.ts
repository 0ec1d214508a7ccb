import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import type { PacketCounts } from '../../../policies/chaos/network/packet-effect.ts';
import { countQueue } from '../../../policies/chaos/network/plan-queue.ts';
import { familiesOf } from '../../../policies/chaos/network/plan-rules.ts';
import { countPackets } from '../../../policies/chaos/network/read-rules.ts';
import { shortMark } from '../order.ts';
import type { OrderOfNetwork } from './change-network.ts';
import { findLeft } from './find-left.ts';
import { knockOnPeer } from './knock.ts';
import { findNamespace, openNamespace, type Namespace } from './namespace.ts';
import { effectOf } from './packet-effects.ts';
import { listQueues } from './queues.ts';
import { digestForeignRules, readRules } from './rules.ts';

/** What the kernel has counted of a fault, whatever the one who injected it says. */
export async function observeNetwork(
  order: Pick<OrderOfNetwork, 'mark' | 'fault' | 'network'>,
  program: readonly string[],
): Promise<FaultSeen> {
  const { network } = order;
  const isTargetRunning = await isThereNow(network.namespace.path, network.interface);
  const namespace = findNamespace(network.namespace);
  if (namespace === undefined) {
    const detail = 'the network namespace is gone, with everything that was in it';
    return { isEffective: false, isThere: false, isTargetRunning, detail };
  }
  try {
    return { ...(await observeIn(namespace, order, program)), isTargetRunning };
  } finally {
    namespace.close();
  }
}

async function observeIn(
  namespace: Namespace,
  { mark, fault, network }: Pick<OrderOfNetwork, 'mark' | 'fault' | 'network'>,
  program: readonly string[],
): Promise<Omit<FaultSeen, 'isTargetRunning'>> {
  const id = shortMark(mark);
  const what = await findLeft(namespace, id, { ...network, fault });
  if (what.length === 0) {
    const isAsBefore =
      (await digestForeignRules(namespace, familiesOf(network.peers))) === network.rulesBefore;
    const others = isAsBefore ? 'are as before' : 'have changed meanwhile';
    const detail = `no rule and no queue of it is there; the rules of others ${others}`;
    return { isEffective: false, isThere: false, detail };
  }
  const effect = effectOf(fault);
  const before = await countIn(namespace, id, network);
  const isUnmet = before !== undefined && !effect.judge(fault, before).isEffective;
  // Where nobody uses the network, its effect cannot be seen.
  const connectMs = isUnmet
    ? await knockOnPeer(namespace, network, effect.ports, program)
    : undefined;
  const counts = isUnmet ? await countIn(namespace, id, network) : before;
  if (counts === undefined) {
    const detail = `only a part of it is there: ${what.join(', ')}`;
    return { isEffective: false, isThere: true, detail };
  }
  const seen = effect.judge(fault, { ...counts, ...(connectMs !== undefined && { connectMs }) });
  return { ...seen, isThere: true };
}

async function countIn(
  namespace: Namespace,
  id: string,
  network: OrderOfNetwork['network'],
): Promise<PacketCounts | undefined> {
  const counts = await Promise.all(
    familiesOf(network.peers).map(async (family) =>
      countPackets(await readRules(namespace, family), id),
    ),
  );
  const queue = countQueue((await listQueues(namespace, network.interface)) ?? [], id);
  const sum = { met: 0, hit: 0 };
  for (const each of counts) {
    if (each === undefined) return undefined;
    sum.met += each.met;
    sum.hit += each.hit;
  }
  return { ...sum, ...(queue && { queue }) };
}

/** Whatever its path leads to now: a container that was started anew has another namespace. */
async function isThereNow(path: string | undefined, device: string): Promise<boolean> {
  try {
    const namespace = openNamespace(path);
    try {
      return (await listQueues(namespace, device)) !== undefined;
    } finally {
      namespace.close();
    }
  } catch {
    return false;
  }
}
