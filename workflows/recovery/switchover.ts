import { CancellationScope } from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import { concludePromotion } from '../../src/policies/recovery/databases/conclude-promotion.ts';
import { refuseSwitchover } from '../../src/policies/recovery/databases/refuse-switchover.ts';
import { refuseRoutes } from '../../src/policies/recovery/databases/seen-route.ts';
import type { SwitchoverSpec } from '../../src/specs/recovery/switchover.ts';
import { requireCandidate } from './support/databases/choose-next.ts';
import { completePromotion } from './support/databases/complete-promotion.ts';
import { checkpoint } from './support/checkpoint.ts';
import { switchOverCluster } from './support/databases/cloudnative-pg/switch-over-cluster.ts';
import { examineNodes, refusal, requirePrimary } from './support/databases/examine-nodes.ts';
import { switchOverManaged } from './support/databases/managed/switch-over-managed.ts';
import { examineRoutes } from './support/databases/examine-routes.ts';
import { pauseClients } from './support/databases/hold-clients.ts';
import { noteMissingRights } from './support/databases/note-missing-rights.ts';
import { obtainPermit } from './support/databases/obtain-permit.ts';
import { promoteStandby } from './support/databases/promote-standby.ts';
import { runDatabase } from './support/databases/run-database.ts';
import { shutDownPrimary } from './support/databases/shut-down-primary.ts';
import { together } from './support/together.ts';

/** A standby takes over from a primary that is up. The end of the primary's log is what it must have replayed. */
export async function switchover(input: unknown, request?: StartRequest): Promise<RunReport> {
  const planOf = ({ plan }: SwitchoverSpec) => plan;
  const start = { kind: databaseKinds.switchover, planOf, input, request };
  return runDatabase(start, async (run, spec) => {
    if (spec.plan.cloudnativepg !== undefined) return switchOverCluster(run, spec);
    if (spec.plan.manager !== undefined) return switchOverManaged(run, spec);
    const [seen, routes] = await together([
      examineNodes(run),
      examineRoutes(run, { thoroughly: true }),
    ]);
    const primary = requirePrimary(seen);
    run.found.from = primary.node.name;
    const { candidate, others } = requireCandidate(seen, primary, spec);
    const reasons = [
      ...refuseSwitchover(primary, candidate),
      ...refuseRoutes(routes, primary.node.address),
    ];
    if (reasons.length > 0) throw refusal(reasons.join('; '));
    noteMissingRights(run, candidate);
    if (spec.dryRun) {
      const { name } = candidate.node;
      return { outcome: 'Planned', reason: `${name} would take over; nothing was done` };
    }
    await obtainPermit(run);
    run.open();

    await checkpoint(run, primary.node);
    await pauseClients(run, routes);
    const fence = await shutDownPrimary(run, primary, candidate);
    await promoteStandby(run, candidate, fence);
    run.found.loss = { bytes: 0, ms: 0, from: `it has replayed all of the log, to ${fence.lsn}` };
    await CancellationScope.nonCancellable(() =>
      completePromotion(run, {
        ...{ former: primary.node, formerAnswers: true, candidate, others },
        waiting: 'keep',
      }),
    );
    return concludePromotion('SwitchedOver', run.found, run.missing);
  });
}
