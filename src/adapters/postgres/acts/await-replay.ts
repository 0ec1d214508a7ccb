import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { parseLsn } from '../../pgbackrest/wal/segments.ts';
import type { DatabaseNode } from '../node.ts';
import { awaitNode } from './await-server.ts';

/** The record at the position itself, such as the checkpoint of a shutdown, is worth a moment. */
const recordWithinMs = 500;

export async function awaitReplay(
  node: DatabaseNode,
  { lsn, withinMs }: { lsn: string; withinMs: number },
  attempt: Attempt,
): Promise<NodeFacts> {
  const wanted = parseLsn(lsn);
  if (wanted === undefined)
    throw new AgentError('refused', `${JSON.stringify(lsn)} is no position of the log`);
  const atLeast = (position: bigint) => (facts: NodeFacts) => {
    if (facts.state === 'primary')
      throw new AgentError('refused', `${node.settings.name} is a primary`);
    return facts.state === 'standby' && (parseLsn(facts.lsn ?? '') ?? 0n) >= position;
  };
  const what = `has not replayed the log up to ${lsn} in time`;
  const facts = await awaitNode(node, { what, holds: atLeast(wanted), withinMs }, attempt);
  const beyond = { what, holds: atLeast(wanted + 1n), withinMs: recordWithinMs };
  return awaitNode(node, beyond, attempt).catch(() => facts);
}
