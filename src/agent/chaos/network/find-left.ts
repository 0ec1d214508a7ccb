import { isQueueOf } from '../../../policies/chaos/network/judge-queue.ts';
import { familiesOf } from '../../../policies/chaos/network/plan-rules.ts';
import { findFaultsInRules } from '../../../policies/chaos/network/read-rules.ts';
import type { FaultyNetwork } from '../../../specs/chaos/agent-settings.ts';
import type { NetworkFault } from '../../../specs/chaos/fault.ts';
import type { Namespace } from './namespace.ts';
import { effectOf } from './packet-effects.ts';
import { listQueues } from './queues.ts';
import { readRules } from './rules.ts';

interface Searched extends Pick<FaultyNetwork, 'interface' | 'peers'> {
  fault: NetworkFault;
}

/** What there is of this fault, in words. Rejects where that cannot be read. */
export async function findLeft(
  namespace: Namespace,
  id: string,
  { interface: device, peers, fault }: Searched,
): Promise<string[]> {
  const rules = await Promise.all(
    familiesOf(peers).map(async (family) => {
      const found = findFaultsInRules(await readRules(namespace, family));
      return found.some((each) => each.id === id) ? [`rules of ${family}`] : [];
    }),
  );
  const queues =
    effectOf(fault).queue === undefined ? [] : ((await listQueues(namespace, device)) ?? []);
  return [...rules.flat(), ...(isQueueOf(queues, id) ? [`a queue of ${device}`] : [])];
}
