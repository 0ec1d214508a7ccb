import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import type { FaultyNetwork } from '../../../specs/chaos/agent-settings.ts';
import { shortMark } from '../order.ts';
import type { OrderOfNetwork } from './change-network.ts';
import { findLeft } from './find-left.ts';
import { openNamespace, type Namespace } from './namespace.ts';
import { listQueues } from './queues.ts';

/**
 * Of a fault whose act is not on record: whatever of it is in the namespace that the settings name. Throws
 * where that cannot be read.
 */
export async function observeUnrecorded(
  network: FaultyNetwork,
  { mark, fault }: Pick<OrderOfNetwork, 'mark' | 'fault'>,
): Promise<FaultSeen> {
  let namespace: Namespace;
  try {
    namespace = openNamespace(network.namespace);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const detail = `there is no network namespace ${network.namespace}`;
    return { isEffective: false, isThere: false, isTargetRunning: false, detail };
  }
  try {
    const id = shortMark(mark);
    const what = await findLeft(namespace, id, { ...network, fault });
    const detail =
      what.length === 0
        ? 'nothing was injected'
        : `its act is not on record here, and there are still: ${what.join(', ')}; remove whatever iptables-save lists with BELAY-${id}`;
    const isTargetRunning = (await listQueues(namespace, network.interface)) !== undefined;
    return { isEffective: false, isThere: what.length > 0, isTargetRunning, detail };
  } finally {
    namespace.close();
  }
}
