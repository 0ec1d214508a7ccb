import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import type { FenceSpec } from '../../src/specs/recovery/fence.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { refusal } from './support/examine-nodes.ts';
import { findSuccessor, untilSuccessor } from './support/find-successor.ts';
import { runDatabase } from './support/run-database.ts';
import { untilFenced } from './support/until-fenced.ts';

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
    const isAsked = run.parentRef === undefined && run.opening.state === 'pending';
    const successor = isAsked ? await findSuccessor(run, node) : await untilSuccessor(run, node);
    run.found.to = successor.name;
    if (spec.dryRun) {
      return { outcome: 'Planned', reason: `${node.name} would be fenced; nothing was done` };
    }
    run.open();
    const former = await untilFenced(run, node, successor);
    if ('left' in former) {
      return { outcome: 'NotNeeded', reason: `${node.name} was left as it is: ${former.left}` };
    }
    const reason = `${node.name} takes no writes. Make it a standby: belay database rejoin --node ${node.name}`;
    return { outcome: 'Fenced', reason };
  });
}
