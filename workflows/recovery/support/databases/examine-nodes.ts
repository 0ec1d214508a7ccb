import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import {
  describeNode,
  type SeenNode,
} from '../../../../src/policies/recovery/databases/seen-node.ts';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';
import type { OfDatabase } from './look-from-everywhere.ts';

/** Of a server that has not answered for long already: what its host knows is wanted, not its answer. */
const silentAnswersWithinMs = 500;

/** Asks the agent of every node; one that does not answer is part of the answer. `silent` is not waited for. */
export async function examineNodes<Spec>(
  run: DatabaseRun<Spec>,
  nodes: readonly DatabaseNode[] = run.plan.nodes,
  { name = 'examine the nodes', silent }: { name?: string; silent?: string | undefined } = {},
): Promise<SeenNode[]> {
  return takeStep(run, name, async ({ prove }) => {
    const seen = await askNodes(run, nodes, silent);
    for (const each of seen) {
      prove({ what: each.node.name, source: each.node.agent, value: describeNode(each) });
    }
    return seen;
  });
}

export function askNodes(
  run: OfDatabase,
  nodes: readonly DatabaseNode[],
  silent?: string,
): Promise<SeenNode[]> {
  return Promise.all(nodes.map((node) => askNode(run, node, node.name === silent)));
}

async function askNode(run: OfDatabase, node: DatabaseNode, isSilent: boolean): Promise<SeenNode> {
  try {
    const facts = await run.node(node).examine(isSilent ? silentAnswersWithinMs : undefined);
    return { node, facts };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { node, why: reasonOf(error) };
  }
}

/** Which node is the primary. Fails where nobody can say, or where several are. */
export function requirePrimary(seen: readonly SeenNode[], named?: string): SeenNode {
  const found = findPrimary(seen, named);
  if (found.kind === 'one') return found.primary;
  const nodes = seen.map((each) => `${each.node.name}: ${describeNode(each)}`).join('; ');
  throw refusal(`${found.why} (${nodes})`);
}

export function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.targetRefused);
}
