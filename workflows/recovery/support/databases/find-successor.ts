import { sleep } from '@temporalio/workflow';
import type { FenceFormerCall } from '../../../../src/contracts/recovery/database-node.ts';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import { judgeSuccessor } from '../../../../src/policies/recovery/databases/judge-successor.ts';
import { describeNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { AwaitedSuccessor } from '../../../../src/specs/recovery/fence.ts';
import { checkpoint } from '../../../kernel/checkpoint.ts';
import type { DatabaseRun } from './database-run.ts';
import { examineNodes, refusal } from './examine-nodes.ts';

export type Successor = FenceFormerCall['successor'] & { name: string };

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** The node that takes writes in place of a former primary. Fails where none does, or several. */
export async function findSuccessor<Spec>(
  run: DatabaseRun<Spec>,
  former: DatabaseNode,
): Promise<Successor> {
  const others = run.plan.nodes.filter(({ name }) => name !== former.name);
  const seen = await examineNodes(run, others, { name: 'find the primary' });
  const found = findPrimary(seen);
  const { facts, node } = found.kind === 'one' ? found.primary : {};
  const { systemIdentifier, timeline } = facts ?? {};
  if (
    facts?.state === 'primary' &&
    node &&
    systemIdentifier !== undefined &&
    timeline !== undefined
  )
    return { name: node.name, systemIdentifier, timeline };
  const nodes = seen.map((each) => `${each.node.name}: ${describeNode(each)}`).join('; ');
  const why = found.kind === 'several' ? found.why : 'no other node is a primary that answers';
  throw refusal(`${why} (${nodes}). A node is fenced once another one is the primary`);
}

/** The node that a failover has chosen, once it is known to have been promoted; or why that does not matter. */
export async function untilPromoted<Spec>(
  run: DatabaseRun<Spec>,
  former: DatabaseNode,
  awaited: AwaitedSuccessor,
): Promise<Successor | { left: string }> {
  const { node: name, systemIdentifier, timeline } = awaited;
  if (timeline !== undefined) return { name, systemIdentifier, timeline };
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const seen = await examineNodes(run, run.plan.nodes, {
      name: `find out whether ${name} was promoted`,
    });
    const judged = judgeSuccessor(seen, former.name, awaited);
    if (judged.kind === 'promoted') return { name, systemIdentifier, timeline: judged.timeline };
    if (judged.kind === 'not-needed') return { left: judged.why };
    run.open();
    run.enterPhase('unfenced', `${former.name} is not fenced yet: ${judged.why}`);
    await sleep(pauseMs);
    await checkpoint(run, () => undefined);
  }
}
