import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import { refuseRejoin } from '../../src/policies/recovery/databases/refuse-rejoin.ts';
import { slotOf } from '../../src/policies/recovery/databases/slot-of.ts';
import type { RejoinSpec } from '../../src/specs/recovery/rejoin.ts';
import { takeStep } from '../kernel/steps.ts';
import { awaitStreaming } from './support/databases/await-streaming.ts';
import { examineNodes, refusal, requirePrimary } from './support/databases/examine-nodes.ts';
import { rejoinManaged } from './support/databases/managed/rejoin-managed.ts';
import { obtainPermit } from './support/databases/obtain-permit.ts';
import { rejoinNode } from './support/databases/rejoin-node.ts';
import { runDatabase } from './support/databases/run-database.ts';

/** Makes a node that is fenced, stopped or broken a standby of the primary again. */
export async function rejoin(input: unknown, request?: StartRequest): Promise<RunReport> {
  const planOf = ({ plan }: RejoinSpec) => plan;
  const start = { kind: databaseKinds.rejoin, planOf, input, request };
  return runDatabase(start, async (run, spec) => {
    if (spec.plan.manager !== undefined) return rejoinManaged(run, spec);
    const seen = await examineNodes(run);
    const primary = requirePrimary(seen);
    const reasons = refuseRejoin(seen, primary, spec.node);
    if (reasons.length > 0) throw refusal(reasons.join('; '));
    if (spec.dryRun) return { outcome: 'Planned', reason: `${spec.node} would be rejoined` };
    await obtainPermit(run);
    run.open();

    const node = run.plan.nodes.find(({ name }) => name === spec.node) ?? primary.node;
    run.found.to = primary.node.name;
    await takeStep(run, `prepare ${primary.node.name} for another standby`, async ({ prove }) => {
      await run.node(primary.node).prepareToLead([slotOf(node)]);
      prove({ what: 'slot', source: primary.node.agent, value: slotOf(node) });
    });
    const order = { node, primary: primary.node, method: spec.method, among: primary.facts ?? {} };
    await rejoinNode(run, order);
    await awaitStreaming(run, primary.node);
    if (run.missing.length > 0) return { outcome: 'Failed', reason: run.missing.join('; ') };
    return { outcome: 'Rejoined', reason: `${node.name} streams from ${primary.node.name}` };
  });
}
