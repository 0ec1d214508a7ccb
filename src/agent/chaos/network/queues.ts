/** Queues by which packets leave an interface, by tc. */
import { isQueueOf } from '../../../policies/chaos/network/judge-queue.ts';
import { readQueues } from '../../../policies/chaos/network/plan-queue.ts';
import { handleOf } from '../../../policies/chaos/network/rule-names.ts';
import type { Namespace } from './namespace.ts';
import { firstLine } from './rules.ts';

type Queues = ReturnType<typeof readQueues>;

/** Undefined where there is no such interface. */
export async function listQueues(
  namespace: Namespace,
  device: string,
): Promise<Queues | undefined> {
  const listed = await namespace.run(['tc', '-j', '-s', 'qdisc', 'show', 'dev', device]);
  if (listed.exitCode === 0) return readQueues(listed.stdout);
  if (listed.stderr.includes('Cannot find device')) return undefined;
  throw new Error(`tc failed: ${firstLine(listed.stderr)}`);
}

export async function applyQueue(namespace: Namespace, batch: string): Promise<void> {
  const { exitCode, stderr } = await namespace.run(['tc', '-batch', '-'], batch);
  if (exitCode !== 0) throw new Error(`tc failed: ${firstLine(stderr)}`);
}

/** That of this fault and no other: the kernel then takes its own choice again. */
export async function removeQueue(namespace: Namespace, device: string, id: string): Promise<void> {
  const isThere = async () => isQueueOf((await listQueues(namespace, device)) ?? [], id);
  if (!(await isThere())) return;
  const del = ['tc', 'qdisc', 'del', 'dev', device, 'root', 'handle', handleOf(id)];
  const { stderr } = await namespace.run(del);
  if (await isThere())
    throw new Error(`the queue of ${device} is still there: ${firstLine(stderr)}`);
}
