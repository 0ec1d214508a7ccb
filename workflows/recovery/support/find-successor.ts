import { sleep } from '@temporalio/workflow';
import type { FenceFormerCall } from '../../../src/contracts/recovery/database-node.ts';
import { findPrimary } from '../../../src/policies/recovery/databases/find-primary.ts';
import { describeNode } from '../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { checkpoint } from '../../kernel/checkpoint.ts';
import type { DatabaseRun } from './database-run.ts';
import { examineNodes, refusal } from './examine-nodes.ts';

type Successor = FenceFormerCall['successor'] & { name: string };

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** The node that takes writes in place of a former primary. Fails where none does, or several. */
export async function findSuccessor<Spec>(
  run: DatabaseRun<Spec>,
  former: DatabaseNode,
): Promise<Successor> {
  const found = await look(run, former);
  if (typeof found !== 'string') return found;
  throw refusal(`${found}. A node is fenced once another one is the primary`);
}

/** The same of one that is known to be there, whether it answers now or not. */
export async function untilSuccessor<Spec>(
  run: DatabaseRun<Spec>,
  former: DatabaseNode,
): Promise<Successor> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const found = await look(run, former);
    if (typeof found !== 'string') return found;
    run.open();
    run.enterPhase('unfenced', `${former.name} is not fenced yet: ${found}`);
    await sleep(pauseMs);
    await checkpoint(run, () => undefined);
  }
}

async function look<Spec>(
  run: DatabaseRun<Spec>,
  former: DatabaseNode,
): Promise<Successor | string> {
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
  return `${why} (${nodes})`;
}
