import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import type { DatabaseNode } from '../node.ts';

/** Changes nothing itself: its step is what refuses a promotion of an earlier one. */
export async function keepStandby(node: DatabaseNode): Promise<NodeFacts> {
  const facts = await examineNode(node);
  if (facts.state !== 'primary') return facts;
  throw new AgentError('refused', `${node.settings.name} is a primary already: ${facts.detail}`);
}
