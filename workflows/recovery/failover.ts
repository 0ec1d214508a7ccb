import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { FenceEvidence } from '../../src/contracts/recovery/database-node.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import { workflowIdOf } from '../../src/kinds/locks.ts';
import { concludePromotion } from '../../src/policies/recovery/databases/conclude-promotion.ts';
import type { Candidate } from '../../src/policies/recovery/databases/choose-candidate.ts';
import { refuseRoutes } from '../../src/policies/recovery/databases/seen-route.ts';
import type { SeenNode } from '../../src/policies/recovery/databases/seen-node.ts';
import type { FailoverSpec } from '../../src/specs/recovery/failover.ts';
import type { AwaitedSuccessor } from '../../src/specs/recovery/fence.ts';
import { awaitCandidate, requireCandidate } from './support/databases/choose-next.ts';
import { chooseWithLoss } from './support/databases/choose-with-loss.ts';
import { withLease } from './support/databases/claim-lease.ts';
import { failOverCluster } from './support/databases/cloudnative-pg/fail-over-cluster.ts';
import { completePromotion } from './support/databases/complete-promotion.ts';
import { confirmDown } from './support/databases/confirm-down.ts';
import { examineNodes, requirePrimary } from './support/databases/examine-nodes.ts';
import { examineRoutes } from './support/databases/examine-routes.ts';
import { fenceOnReturn } from './support/databases/fence-on-return.ts';
import { fencePrimary, theWatch } from './support/databases/fence-primary.ts';
import { cutClients } from './support/databases/hold-clients.ts';
import { isFencedUnasked, lostNode } from './support/databases/lost-host.ts';
import { failOverManaged } from './support/databases/managed/fail-over-managed.ts';
import { noteMissingRights } from './support/databases/note-missing-rights.ts';
import { obtainPermit } from './support/databases/obtain-permit.ts';
import { promoteStandby } from './support/databases/promote-standby.ts';
import { runDatabase } from './support/databases/run-database.ts';
import { together } from './support/together.ts';

/** Promotes a standby in place of a primary that is down: fenced first, and what is lost is accepted. */
export async function failover(input: unknown, request?: StartRequest): Promise<RunReport> {
  const planOf = ({ plan }: FailoverSpec) => plan;
  const start = { kind: databaseKinds.failover, planOf, input, request };
  return runDatabase(start, async (run, written) => {
    const asked = believed(written);
    if (asked.plan.cloudnativepg !== undefined) return failOverCluster(run, asked);
    if (asked.plan.manager !== undefined) return failOverManaged(run, asked);
    const lost = lostNode(asked.seen);
    const [seen, routes] = await together([
      examineNodes(run, run.plan.nodes, { silent: asked.seen?.node, lost }),
      examineRoutes(run, { thoroughly: asked.dryRun, lost }),
    ]);
    const primary = requirePrimary(seen, asked.from ?? asked.seen?.node);
    run.found.from = primary.node.name;
    const planned = asked.dryRun
      ? requireCandidate(seen, primary, asked)
      : await awaitCandidate(run, seen, { primary, wanted: asked });
    for (const why of refuseRoutes(routes, primary.node.address)) run.note(why);
    noteMissingRights(run, planned.candidate);
    if (asked.dryRun) {
      const { name } = planned.candidate.node;
      return { outcome: 'Planned', reason: `${name} would be promoted; nothing was done` };
    }
    await obtainPermit(run);
    run.open();

    await confirmDown(run, primary, asked);
    const spec = await withLease(run, primary, asked);
    const known = knownOf(primary, planned.candidate);
    const fencing = fencePrimary(run, primary, {
      ...{ graceMs: 0, evenIfUp: spec.evenIfUp, known },
      isUnasked: isFencedUnasked(asked.seen),
      ...seenBy(spec),
    });
    const cutting = cutClients(run, routes, { primary: primary.node, fencing });
    const [fence] = await together([fencing, cutting]);
    const { candidate, others } = await chooseWithLoss(run, primary, { fence, spec });
    const formerAnswers = isByHost(fence);
    const replaced = { former: primary.node, successor: successorOf(candidate, fence) };
    const unfenced = formerAnswers ? undefined : replaced;
    const { timeline } = await promoteStandby(run, candidate, fence, unfenced);
    await CancellationScope.nonCancellable(async () => {
      const { former, successor } = replaced;
      if (!formerAnswers) {
        await fenceOnReturn(run, { former, successor: { ...successor, timeline } });
      }
      await completePromotion(run, { former, formerAnswers, candidate, others, waiting: 'drop' });
    });
    return concludePromotion('FailedOver', run.found, run.missing);
  });
}

/** The host of a primary whose disk is lost answers, and knows neither. */
function knownOf({ facts }: SeenNode, candidate: Candidate) {
  const systemIdentifier = facts?.systemIdentifier ?? candidate.facts.systemIdentifier;
  const timeline = facts?.timeline ?? candidate.facts.timeline;
  return {
    ...(systemIdentifier !== undefined && { systemIdentifier }),
    ...(timeline !== undefined && { timeline }),
  };
}

/** Whoever is fenced is on a timeline that is not later than this one. */
function successorOf({ node, facts }: Candidate, fence: FenceEvidence): AwaitedSuccessor {
  const after = Math.max(facts.timeline ?? 0, fence.timeline);
  return { node: node.name, systemIdentifier: facts.systemIdentifier ?? '', after };
}

/** The end of a lease, and an agreement, are the word of the watch: nobody writes them by hand. */
function believed(spec: FailoverSpec): FailoverSpec {
  const { parent } = workflowInfo();
  if (spec.seen === undefined) return spec;
  const { environment, database } = spec.plan;
  const watch = workflowIdOf(databaseKinds.databaseWatch, { environment, name: database });
  if (parent?.workflowId === watch) return spec;
  const { leaseOverAtMs: _, agreed: __, ...seen } = spec.seen;
  return { ...spec, seen };
}

/** Its own host can be asked. That of a lease says where the log ends, unless nobody asked it. */
function isByHost({ how, by }: FenceEvidence): boolean {
  return how === 'killed' || how === 'clean' || (how === 'lease-expired' && by !== theWatch);
}

function seenBy({ seen }: FailoverSpec) {
  return seen === undefined ? {} : { seen };
}
