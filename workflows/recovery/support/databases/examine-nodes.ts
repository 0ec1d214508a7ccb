import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import {
  describeNode,
  type SeenNode,
} from '../../../../src/policies/recovery/databases/seen-node.ts';
import { leaseHasRunOut } from '../../../../src/policies/recovery/databases/lost-host.ts';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';
import type { OfDatabase } from './look-from-everywhere.ts';

/** Of a server that has not answered for long already: what its host knows is wanted, not its answer. */
const silentAnswersWithinMs = 500;

/** Whom to wait for less. */
interface Left {
  /** Which node has a server that is not waited for. */
  silent?: string | undefined;
  /** Which node has a host that is not even asked. */
  lost?: string | undefined;
}

/** Asks the agent of every node; one that does not answer is part of the answer. */
export async function examineNodes<Spec>(
  run: DatabaseRun<Spec>,
  nodes: readonly DatabaseNode[] = run.plan.nodes,
  { name = 'examine the nodes', ...left }: Left & { name?: string } = {},
): Promise<SeenNode[]> {
  return takeStep(run, name, async ({ prove }) => {
    const seen = await askNodes(run, nodes, left);
    for (const each of seen) {
      prove({ what: each.node.name, source: each.node.agent, value: describeNode(each) });
    }
    return seen;
  });
}

export function askNodes(
  run: OfDatabase,
  nodes: readonly DatabaseNode[],
  left: Left = {},
): Promise<SeenNode[]> {
  return Promise.all(nodes.map((node) => askNode(run, node, left)));
}

async function askNode(
  run: OfDatabase,
  node: DatabaseNode,
  { silent, lost }: Left,
): Promise<SeenNode> {
  if (node.name === lost) return { node, why: leaseHasRunOut };
  const answerWithinMs = node.name === silent ? silentAnswersWithinMs : undefined;
  try {
    const facts = await run.node(node).examine(answerWithinMs);
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
