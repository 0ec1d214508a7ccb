import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import type { DatabaseNode } from '../node.ts';

const pollMs = 100;

/** Until the node is as wanted. Throws AgentError where it is not in time, with what it was last. */
export async function awaitNode(
  node: DatabaseNode,
  wanted: { what: string; holds: (facts: NodeFacts) => boolean; withinMs: number },
  attempt: Attempt,
): Promise<NodeFacts> {
  const deadline = performance.now() + wanted.withinMs;
  for (;;) {
    const facts = await examineNode(node);
    if (wanted.holds(facts)) return facts;
    attempt.cancelled.throwIfAborted();
    if (attempt.leaving.aborted) {
      throw new AgentError('away', 'the agent stops; the act is taken up again');
    }
    if (performance.now() > deadline) {
      throw new AgentError(
        'unfinished',
        `${node.settings.name} ${wanted.what}; it is ${facts.state}: ${facts.detail}`,
      );
    }
    await sleep(pollMs);
  }
}
