import { sleep } from '@temporalio/workflow';
import type { ManagerFacts } from '../../../../../src/contracts/recovery/database-manager.ts';
import { predictManagedLoss } from '../../../../../src/policies/recovery/databases/managed/predict-managed-loss.ts';
import { refuseManagedFailover } from '../../../../../src/policies/recovery/databases/managed/refuse-managed-failover.ts';
import { refuseManager } from '../../../../../src/policies/recovery/databases/managed/refuse-manager.ts';
import { agreeOnManager } from '../../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import {
  coversLoss,
  describeLoss,
  refuseLoss,
  type Loss,
} from '../../../../../src/policies/recovery/databases/predict-loss.ts';
import {
  nodeNamed,
  type SeenNode,
} from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { FailoverSpec } from '../../../../../src/specs/recovery/failover.ts';
import { awaitApproval } from '../../../../kernel/await-approval.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { askNodes, refusal } from '../examine-nodes.ts';
import { cutClients } from '../hold-clients.ts';
import { askForLeader } from './ask-for-leader.ts';
import { awaitAnotherLeader } from './await-another-leader.ts';
import { askManagers, requireAgreement } from './examine-manager.ts';
import { requireMember, type Known } from './require-member.ts';

interface Accepted {
  to: string;
  loss: Loss;
}

const everyMs = 500;
const answersWithinMs = 30_000;
const betweenMs = 1_000;

/** Another member leads without being asked for; nothing is undone any more. */
export function takenByItself(
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

/** Asks the manager to let a member lead, once the loss of that very member is accepted. */
export async function haveLead(
  run: DatabaseRun<FailoverSpec>,
  {
    former,
    manager: first,
    routes,
    spec,
  }: Known & { routes: Parameters<typeof cutClients>[1]; spec: FailoverSpec },
): Promise<DatabaseNode | Ending> {
  await cutClients(run, routes, { primary: former.node, fencing: Promise.resolve() });
  const { name } = former.node;
  // A person may take their time: whoever leads by then would be made to stop, and members change.
  let accepted: Accepted | undefined;
  for (let untilMs = 0; ;) {
    const now = await lookOnceMore(run, { former, manager: first, spec });
    if (now.other !== undefined) return takenByItself(run, now.other, first);
    const { manager, seen } = now;
    if (isSilent(seen, accepted) && Date.now() < untilMs) {
      await sleep(betweenMs);
      continue;
    }
    const to = requireMember(seen, { former, manager, spec });
    const loss = predictManagedLoss(to.name, manager);
    run.found.loss = loss;
    const takesWrites = nodeNamed(seen, name)?.facts?.state === 'primary';
    const movingBytes = takesWrites ? (manager.maxLagBytes ?? 0) : 0;
    if (accepted?.to === to.name && coversLoss(accepted.loss, loss, { movingBytes })) {
      const wanted = { former: former.node, isLed: manager.leader !== undefined };
      return askForLeader(run, { ...wanted, to, isForced: true, manager });
    }
    await acceptLoss(run, to, loss);
    accepted = { to: to.name, loss };
    untilMs = Date.now() + answersWithinMs;
  }
}

/** An agent that is away for a moment changes nothing about what was approved. */
function isSilent(seen: readonly SeenNode[], accepted: Accepted | undefined): boolean {
  return accepted !== undefined && nodeNamed(seen, accepted.to)?.facts === undefined;
}

type SeenOnceMore =
  { other: string } | { other?: undefined; manager: ManagerFacts; seen: SeenNode[] };

/** Hosts that disagree are amid an election: its end is awaited. Fails where nothing may be asked any more. */
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
  const seen = await askNodes(run, run.plan.nodes);
  const now = nodeNamed(seen, name);
  const why = now && refuseManagedFailover(manager, now, spec);
  const reasons = [...refuseManager(manager, run.plan, seen), ...(why === undefined ? [] : [why])];
  if (reasons.length > 0) throw refusal(reasons.join('; '));
  return { manager, seen };
}

async function acceptLoss(
  run: DatabaseRun<FailoverSpec>,
  { name }: DatabaseNode,
  loss: Loss,
): Promise<void> {
  await takeStep(run, 'weigh the loss', async ({ prove }) => {
    const why = refuseLoss(loss, run.plan.maxLoss);
    prove({ what: 'would be lost', source: loss.from, value: describeLoss(loss) });
    if (why === undefined) return;
    const what = { awaited: `of letting ${name} lead: ${why}`, missed: why };
    const by = await awaitApproval(run, { what, by: run.plan.approvers });
    run.note(`${by} accepted the loss: ${why}`);
  });
}
