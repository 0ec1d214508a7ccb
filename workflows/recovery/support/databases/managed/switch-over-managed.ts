import { CancellationScope } from '@temporalio/workflow';
import type { ManagerFacts } from '../../../../../src/contracts/recovery/database-manager.ts';
import type { Candidate } from '../../../../../src/policies/recovery/databases/choose-candidate.ts';
import { concludePromotion } from '../../../../../src/policies/recovery/databases/conclude-promotion.ts';
import { bytesBetween } from '../../../../../src/policies/recovery/databases/lsn.ts';
import { knownBefore } from '../../../../../src/policies/recovery/databases/managed/known-before.ts';
import {
  refuseManager,
  refuseMember,
} from '../../../../../src/policies/recovery/databases/managed/refuse-manager.ts';
import { refuseManagedSwitchover } from '../../../../../src/policies/recovery/databases/managed/refuse-managed-switchover.ts';
import {
  holdsClients,
  refuseRoutes,
  type SeenRoute,
} from '../../../../../src/policies/recovery/databases/seen-route.ts';
import {
  nodeNamed,
  type SeenNode,
} from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { SwitchoverSpec } from '../../../../../src/specs/recovery/switchover.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { requireCandidate } from '../choose-next.ts';
import { carryOn } from '../../carry-on.ts';
import type { DatabaseRun } from '../database-run.ts';
import { examineNodes, refusal, requirePrimary } from '../examine-nodes.ts';
import { examineRoutes } from '../examine-routes.ts';
import { pauseClients } from '../hold-clients.ts';
import { obtainPermit } from '../obtain-permit.ts';
import { together } from '../../together.ts';
import { askForLeader } from './ask-for-leader.ts';
import { completeManaged, provePromotion } from './complete-managed.ts';
import { examineManager, requireAgreement } from './examine-manager.ts';

/** The manager lets another member take over from a leader that is up; Belay asks it, and proves what it did. */
export async function switchOverManaged(
  run: DatabaseRun<SwitchoverSpec>,
  spec: SwitchoverSpec,
): Promise<Ending> {
  const planned = await requireReady(run, spec);
  if (spec.dryRun) {
    const { name } = planned.candidate.node;
    return { outcome: 'Planned', reason: `${name} would be asked to take over; nothing was done` };
  }
  await obtainPermit(run);
  // The permit may have taken its time.
  const { seen, manager, primary, candidate, routes } = await requireReady(run, spec);
  run.open();

  const heldUntilMs = await pauseClients(run, routes);
  const before = await writeBefore(run, primary.node);
  run.stamp('downSinceMs');
  const wanted = { former: primary.node, isLed: true, to: candidate.node, manager };
  const leader = await askForLeader(run, { ...wanted, isForced: false });
  if ('outcome' in leader) return leader;
  const isPaused =
    heldUntilMs !== undefined &&
    Date.now() < heldUntilMs &&
    routes.every((each) => holdsClients(each));
  const known = knownBefore(primary, nodeNamed(seen, leader.name), manager);
  const promoted = {
    former: primary.node,
    leader,
    before: known,
    manager,
    waiting: 'keep' as const,
  };
  await CancellationScope.nonCancellable(async () => {
    await provePromotion(run, promoted);
    await weighLoss(run, { leader, before, isPaused });
    await completeManaged(run, promoted);
  });
  return concludePromotion('SwitchedOver', run.found, run.missing);
}

interface Ready {
  seen: readonly SeenNode[];
  manager: ManagerFacts;
  primary: SeenNode;
  candidate: Candidate;
  routes: readonly SeenRoute[];
}

/** Whom the manager is asked for. Fails with every reason against it. */
async function requireReady(
  run: DatabaseRun<SwitchoverSpec>,
  spec: SwitchoverSpec,
): Promise<Ready> {
  const [seen, asked, routes] = await together([
    examineNodes(run),
    examineManager(run),
    examineRoutes(run, { thoroughly: true }),
  ]);
  const manager = requireAgreement(asked);
  const primary = requirePrimary(seen);
  run.found.from = primary.node.name;
  const timeline = primary.facts?.timeline ?? 0;
  const limits = { timeline, withinLag: true };
  const fit = seen.filter(({ node: { name } }) => {
    return name === spec.to || refuseMember(name, manager, limits).length === 0;
  });
  const { candidate } = requireCandidate([...new Set([primary, ...fit])], primary, spec);
  const reasons = [
    ...refuseManager(manager, run.plan, seen),
    ...refuseManagedSwitchover(manager, primary, candidate),
    ...refuseMember(candidate.node.name, manager, limits),
    ...refuseRoutes(routes, primary.node.address),
  ];
  if (reasons.length > 0) throw refusal(reasons.join('; '));
  return { seen, manager, primary, candidate, routes };
}

interface Before {
  nonce: string;
  lsn: string;
  committedAtMs: number;
}

/** A row whose commit is acknowledged: it has to be there afterwards. */
async function writeBefore<Spec>(run: DatabaseRun<Spec>, node: DatabaseNode): Promise<Before> {
  return takeStep(run, `write to ${node.name} before`, async ({ prove }) => {
    const row = await run.node(node).proveWrites(`${run.id}-before`);
    prove({ what: `row ${row.nonce}`, source: node.agent, value: `committed before ${row.lsn}` });
    return row;
  });
}

async function weighLoss<Spec>(
  run: DatabaseRun<Spec>,
  { leader, before, isPaused }: { leader: DatabaseNode; before: Before; isPaused: boolean },
): Promise<void> {
  const { promotion } = run.found;
  if (promotion === undefined) return;
  await carryOn(run, 'weigh the loss', async ({ prove }) => {
    const row = await run.node(leader).proveWrites(before.nonce);
    const isThere = row.committedAtMs === before.committedAtMs;
    const bytes = bytesBetween(promotion.lsn, before.lsn);
    const from = `its timeline begins at ${promotion.lsn}, and ${before.lsn} was written before`;
    prove({
      ...{
        what: `row ${before.nonce}`,
        source: leader.agent,
        value: isThere ? 'is there' : 'is gone',
      },
      threshold: `committed before ${before.lsn}`,
    });
    if (!isThere || (bytes ?? 0) > 0) {
      run.found.loss = { ...(bytes !== undefined && { bytes }), atLeast: true, from };
      run.missing.push('keep what was acknowledged: a row that was committed before is not there');
    } else if (isPaused && bytes === 0) run.found.loss = { bytes: 0, ms: 0, from };
    else
      run.note(
        `${from}; nobody counts what clients wrote after that, until the manager stopped it`,
      );
  });
}
