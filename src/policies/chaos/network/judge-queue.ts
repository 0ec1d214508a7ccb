import { rootQueueOf, type ListedQueue } from './plan-queue.ts';
import { handleOf, isHandleOfFault } from './rule-names.ts';

/** Whether packets leave by the queue of this fault, whole or only begun. Others may have taken its handle. */
export function isQueueOf(queues: readonly ListedQueue[], id: string): boolean {
  const root = rootQueueOf(queues);
  const handle = handleOf(id);
  const isElsewhere = ({ parent }: ListedQueue) =>
    parent?.startsWith(handle) === true && parent !== `${handle}1`;
  return root?.kind === 'htb' && root.handle === handle && !queues.some(isElsewhere);
}

interface AboutQueue {
  device: string;
  /** Those whose rules are there. */
  faults: readonly { id: string }[];
  /** The fault that is asked for has a queue of its own. */
  isReplaced: boolean;
}

/** What speaks against a fault because of the queue that is there already. */
export function judgeRootQueue(
  queues: readonly ListedQueue[],
  { device, faults, isReplaced }: AboutQueue,
): { refusals: string[]; leftovers: string[] } {
  const root = rootQueueOf(queues);
  if (root === undefined) return { refusals: [], leftovers: [] };
  const called = `${root.kind} ${root.handle}`;
  if (faults.some(({ id }) => isQueueOf(queues, id))) {
    const what = `queue ${called} of ${device}; remove it with: tc qdisc del dev ${device} root`;
    return { refusals: [], leftovers: [what] };
  }
  if (!isReplaced) return { refusals: [], leftovers: [] };
  const refusal =
    root.kind === 'htb' && isHandleOfFault(root.handle)
      ? `${device} has the queue ${called}, which would be replaced. No rules of a fault lead to it, so it may be somebody else’s: find out before you remove it`
      : `${device} has the queue ${called}, which is somebody else's and would be replaced`;
  return { refusals: [refusal], leftovers: [] };
}
