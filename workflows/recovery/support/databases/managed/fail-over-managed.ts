import { CancellationScope } from '@temporalio/workflow';
import type { ManagerFacts } from '../../../../../src/contracts/recovery/database-manager.ts';
import { concludePromotion } from '../../../../../src/policies/recovery/databases/conclude-promotion.ts';
import { predictManagedLoss } from '../../../../../src/policies/recovery/databases/managed/predict-managed-loss.ts';
import { refuseManagedFailover } from '../../../../../src/policies/recovery/databases/managed/refuse-managed-failover.ts';
import {
  refuseManager,
  refuseMember,
} from '../../../../../src/policies/recovery/databases/managed/refuse-manager.ts';
import { agreeOnManager } from '../../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import {
  describeLoss,
  refuseLoss,
} from '../../../../../src/policies/recovery/databases/predict-loss.ts';
import { refuseRoutes } from '../../../../../src/policies/recovery/databases/seen-route.ts';
import type { SeenNode } from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { FailoverSpec } from '../../../../../src/specs/recovery/failover.ts';
import { awaitApproval } from '../../../../kernel/await-approval.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { requireCandidate } from '../choose-next.ts';
import type { DatabaseRun } from '../database-run.ts';
import { askNodes, examineNodes, refusal, requirePrimary } from '../examine-nodes.ts';
import { examineRoutes } from '../examine-routes.ts';
import { cutClients } from '../hold-clients.ts';
import { obtainPermit } from '../obtain-permit.ts';
import { together } from '../../together.ts';
import { askForLeader, concludeUnsettled } from './ask-for-leader.ts';
import { awaitAnotherLeader } from './await-another-leader.ts';
import { completeManaged, provePromotion } from './complete-managed.ts';
import { askManagers, examineManager, requireAgreement } from './examine-manager.ts';

/** The manager fails over by itself; where it does not, it is asked to, and what is lost is accepted. */
export async function failOverManaged(
  run: DatabaseRun<FailoverSpec>,
  spec: FailoverSpec,
): Promise<Ending> {
  const [seen, asked, routes] = await together([
    examineNodes(run),
    examineManager(run),
    examineRoutes(run, { thoroughly: spec.dryRun }),
  ]);
  const manager = requireAgreement(asked);
  const former = requirePrimary(seen, spec.from ?? manager.leader);
  run.found.from = former.node.name;
  const why = refuseManagedFailover(manager, former, spec);
  const reasons = [...refuseManager(manager, run.plan, seen), ...(why === undefined ? [] : [why])];
  if (reasons.length > 0) throw refusal(reasons.join('; '));
  const candidate = requireMember(seen, { former, manager, spec });
  for (const problem of refuseRoutes(routes, former.node.address)) run.note(problem);
  if (spec.dryRun) {
    return { outcome: 'Planned', reason: `${candidate.name} would lead; nothing was done` };
  }
  await obtainPermit(run);
  run.open();

  run.stamp('downSinceMs');
  const byItself = spec.evenIfUp
    ? undefined
    : await awaitManager(run, { former, candidate, manager });
  const leader = byItself ?? (await haveLead(run, { former, seen, manager, routes, spec }));
  if (leader === undefined) return concludeUnsettled(run);
  const promoted = { former, leader, manager, waiting: 'drop' as const };
  await CancellationScope.nonCancellable(async () => {
    await provePromotion(run, promoted);
    await completeManaged(run, promoted);
  });
  return concludePromotion('FailedOver', run.found, run.missing);
}

const everyMs = 500;

interface Known {
  former: SeenNode;
  manager: ManagerFacts;
}

function requireMember(
  seen: readonly SeenNode[],
  { former, manager, spec }: Known & { spec: FailoverSpec },
): DatabaseNode {
  const limits = {
    withinLag: false,
    ...(former.facts?.timeline && { timeline: former.facts.timeline }),
  };
  const whys = new Map(
    seen.map(({ node: { name } }) => [name, refuseMember(name, manager, limits)] as const),
  );
  const fit = seen.filter(({ node }) => node === former.node || whys.get(node.name)?.length === 0);
  const wanted = whys.get(spec.to ?? '') ?? [];
  if (wanted.length > 0) throw refusal(wanted.join('; '));
  if (fit.length > 1) return requireCandidate(fit, former, spec).candidate.node;
  const reasons = seen.flatMap(({ node }) => (node === former.node ? [] : whys.get(node.name)));
  throw refusal(`no member can lead: ${reasons.join('; ')}`);
}

/** Whoever it lets lead meanwhile; undefined: it does not fail over. Fails where the former leader is up. */
async function awaitManager(
  run: DatabaseRun<FailoverSpec>,
  { former, candidate, manager }: Known & { candidate: DatabaseNode },
): Promise<DatabaseNode | undefined> {
  const { name } = former.node;
  return takeStep(run, 'see whether the manager fails over by itself', async ({ prove }) => {
    const { confirmForMs } = run.plan;
    const withinMs = confirmForMs + manager.settledWithinMs;
    const leader = await awaitAnotherLeader(run, { than: name, withinMs, everyMs });
    prove({
      what: 'leader',
      source: candidate.agent,
      value: leader ?? 'nobody',
      threshold: `not ${name}`,
    });
    const [now] = await askNodes(run, [former.node]);
    if (leader === undefined) {
      if (now?.facts?.state === 'primary') {
        throw refusal(`${name} takes writes again: nothing was done`);
      }
      run.stamp('confirmedAtMs');
      return undefined;
    }
    return takenByItself(run, leader, manager);
  });
}

function takenByItself(
  run: DatabaseRun<FailoverSpec>,
  leader: string,
  { maxLagBytes }: Pick<ManagerFacts, 'maxLagBytes'>,
): DatabaseNode {
  const node = run.plan.nodes.find((each) => each.name === leader);
  if (node === undefined) throw refusal(`${leader} leads, which is no node of the plan`);
  run.commit();
  run.found.to = leader;
  delete run.found.loss;
  run.note(
    `Patroni failed over by itself, and nobody can say what was lost: up to maximum_lag_on_failover (${maxLagBytes ?? 'unknown'} bytes), and what was written since the leader last stored its position`,
  );
  return node;
}

async function haveLead(
  run: DatabaseRun<FailoverSpec>,
  {
    former,
    manager: first,
    seen,
    routes,
    spec,
  }: Known & {
    seen: readonly SeenNode[];
    routes: Parameters<typeof cutClients>[1];
    spec: FailoverSpec;
  },
): Promise<DatabaseNode | undefined> {
  await cutClients(run, routes, { primary: former.node, fencing: Promise.resolve() });
  const before = await lookOnceMore(run, { former, manager: first, spec });
  if (before.other !== undefined) return takenByItself(run, before.other, first);
  const { manager } = before;
  const to = requireMember(await refreshed(run, seen, former), { former, manager, spec });
  await acceptLoss(run, to, manager);
  // A person may have taken their time: whoever leads by now would be made to stop.
  const now = await lookOnceMore(run, { former, manager, spec });
  if (now.other !== undefined) return takenByItself(run, now.other, manager);
  const wanted = { former: former.node, isLed: now.manager.leader !== undefined };
  return askForLeader(run, { ...wanted, to, isForced: true, manager: now.manager });
}

type SeenOnceMore = { other: string } | { other?: undefined; manager: ManagerFacts };

/** Hosts that disagree are amid an election: its end is awaited. Fails where the former leader takes writes. */
async function lookOnceMore(
  run: DatabaseRun<FailoverSpec>,
  { former, manager: { settledWithinMs }, spec }: Known & { spec: FailoverSpec },
): Promise<SeenOnceMore> {
  const { name } = former.node;
  let asked = await askManagers(run);
  if (!agreeOnManager(asked).ok) {
    const awaited = { than: name, withinMs: settledWithinMs, everyMs };
    const other = await awaitAnotherLeader(run, awaited);
    if (other !== undefined) return { other };
    asked = await askManagers(run);
  }
  const manager = requireAgreement(asked);
  if (manager.leader !== undefined && manager.leader !== name) return { other: manager.leader };
  const [now] = await askNodes(run, [former.node]);
  const why = now && refuseManagedFailover(manager, now, spec);
  if (why !== undefined) throw refusal(why);
  return { manager };
}

async function refreshed(
  run: DatabaseRun<FailoverSpec>,
  seen: readonly SeenNode[],
  former: SeenNode,
): Promise<SeenNode[]> {
  const others = seen.filter(({ node }) => node !== former.node).map(({ node }) => node);
  return [former, ...(await askNodes(run, others))];
}

async function acceptLoss(
  run: DatabaseRun<FailoverSpec>,
  { name }: DatabaseNode,
  manager: ManagerFacts,
): Promise<void> {
  await takeStep(run, 'weigh the loss', async ({ prove }) => {
    const loss = predictManagedLoss(name, manager);
    run.found.loss = loss;
    const why = refuseLoss(loss, run.plan.maxLoss);
    prove({ what: 'would be lost', source: loss.from, value: describeLoss(loss) });
    if (why === undefined) return;
    const what = { awaited: `of letting ${name} lead: ${why}`, missed: why };
    const by = await awaitApproval(run, { what, by: run.plan.approvers });
    run.note(`${by} accepted the loss: ${why}`);
  });
}
