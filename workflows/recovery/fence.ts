import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import { workflowIdOf } from '../../src/kinds/locks.ts';
import type { DatabaseNode } from '../../src/specs/recovery/database-node.ts';
import type { FenceSpec } from '../../src/specs/recovery/fence.ts';
import type { Continuation } from '../kernel/continuation.ts';
import type { Ending } from '../kernel/ending.ts';
import type { DatabaseRun } from './support/databases/database-run.ts';
import { refusal } from './support/databases/examine-nodes.ts';
import {
  findSuccessor,
  untilPromoted,
  type Successor,
} from './support/databases/find-successor.ts';
import { runDatabase } from './support/databases/run-database.ts';
import { untilFenced } from './support/databases/until-fenced.ts';

/** Fences a former primary as soon as its host can be asked, however long that takes. */
export async function fence(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const planOf = ({ plan }: FenceSpec) => plan;
  const start = { kind: databaseKinds.fence, planOf, input, request, continuation };
  return runDatabase(start, async (run, spec) => {
    const node = run.plan.nodes.find(({ name }) => name === spec.node);
    if (node === undefined) throw refusal(`the plan has no node ${spec.node}`);
    run.found.from = node.name;
    const successor = await successorOf(run, node, spec);
    if ('left' in successor) return notNeeded(node, successor.left);
    run.found.to = successor.name;
    if (spec.dryRun) {
      return { outcome: 'Planned', reason: `${node.name} would be fenced; nothing was done` };
    }
    run.open();
    const former = await untilFenced(run, node, successor);
    if ('undecided' in former) return { outcome: 'NotFenced', reason: former.undecided };
    if ('left' in former) return notNeeded(node, former.left);
    const reason = `${node.name} takes no writes. Make it a standby: belay database rejoin --node ${node.name}`;
    return { outcome: 'Fenced', reason };
  });
}

/** Found once: the primary of a later month has not taken the place of this node. */
async function successorOf(
  run: DatabaseRun<FenceSpec>,
  node: DatabaseNode,
  { successor }: FenceSpec,
): Promise<Successor | { left: string }> {
  const known = run.resumedFrom as Successor | undefined;
  if (known !== undefined) return known;
  if (successor === undefined || !isFromFailover(run)) return findSuccessor(run, node);
  return untilPromoted(run, node, successor);
}

/** A timeline that somebody has written by hand could fence the true primary. */
function isFromFailover({ parentRef, plan }: DatabaseRun<FenceSpec>): boolean {
  const { environment, database } = plan;
  return parentRef === workflowIdOf(databaseKinds.failover, { environment, name: database });
}

function notNeeded({ name }: DatabaseNode, why: string): Ending {
  return { outcome: 'NotNeeded', reason: `${name} was left as it is: ${why}` };
}
