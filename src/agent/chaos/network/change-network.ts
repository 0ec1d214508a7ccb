/** Injects and removes what a fault does to a network. */
import { planQueue } from '../../../policies/chaos/network/plan-queue.ts';
import { familiesOf, planRules } from '../../../policies/chaos/network/plan-rules.ts';
import { countPackets } from '../../../policies/chaos/network/read-rules.ts';
import type { NetworkFault } from '../../../specs/chaos/fault.ts';
import { shortMark, type FaultOrder, type NetworkOrder } from '../order.ts';
import { findNamespace, type Namespace } from './namespace.ts';
import { effectOf } from './packet-effects.ts';
import { applyQueue, removeQueue } from './queues.ts';
import { applyRules, readRules, removeRules } from './rules.ts';

export type OrderOfNetwork = Pick<FaultOrder, 'mark' | 'atMostMs'> & {
  fault: NetworkFault;
  network: NetworkOrder;
};

/** Returns once the kernel lists all of it. */
export async function disturbNetwork({
  mark,
  fault,
  network,
  atMostMs,
}: OrderOfNetwork): Promise<void> {
  await within(network, async (namespace) => {
    if (namespace === undefined) throw new Error('the network namespace is not there any more');
    const id = shortMark(mark);
    const untilMs = Date.now() + atMostMs + 1_000;
    const plan = { id, mark, fault, network, effect: effectOf(fault), untilMs };
    await restoreIn(namespace, { network, fault }, id);
    const queue = planQueue(plan, network.interface);
    if (queue !== undefined) await applyQueue(namespace, queue);
    for (const family of familiesOf(network.peers)) {
      await applyRules(namespace, family, planRules(plan, family));
      if (countPackets(await readRules(namespace, family), id) === undefined) {
        throw new Error(`the kernel lists no rules of ${family}`);
      }
    }
  });
}

/** Right also where nothing of it is there, or its namespace is gone with all that was in it. */
export async function restoreNetwork({
  mark,
  ...fault
}: Pick<OrderOfNetwork, 'mark' | 'network' | 'fault'>): Promise<void> {
  await within(fault.network, async (namespace) => {
    if (namespace !== undefined) await restoreIn(namespace, fault, shortMark(mark));
  });
}

/** Rules first: a queue that nothing is put into disturbs nobody. */
async function restoreIn(
  namespace: Namespace,
  { network, fault }: Pick<OrderOfNetwork, 'network' | 'fault'>,
  id: string,
): Promise<void> {
  await removeRules(namespace, id, familiesOf(network.peers));
  if (effectOf(fault).queue !== undefined) await removeQueue(namespace, network.interface, id);
}

async function within<T>(
  network: NetworkOrder,
  act: (namespace: Namespace | undefined) => Promise<T>,
): Promise<T> {
  const namespace = findNamespace(network.namespace);
  try {
    return await act(namespace);
  } finally {
    namespace?.close();
  }
}
