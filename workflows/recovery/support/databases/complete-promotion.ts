import { patched } from '@temporalio/workflow';
import type { CanaryRow } from '../../../../src/contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { Candidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import { slotOf } from '../../../../src/policies/recovery/databases/slot-of.ts';
import { waitsForFormer } from '../../../../src/policies/recovery/databases/synchronous.ts';
import { acknowledgeFailover } from './acknowledge-failover.ts';
import { awaitStreaming } from './await-streaming.ts';
import { carryOn } from '../carry-on.ts';
import type { DatabaseRun } from './database-run.ts';
import { haveLateStandbysFollow } from './late-standbys.ts';
import { awaitNames, leadBeside, leadClients, leadTheRest, type Leading } from './lead-clients.ts';
import { rejoinNode } from './rejoin-node.ts';
import { secureLog } from './secure-log.ts';

export interface Promoted {
  former: DatabaseNode;
  /** Whether its host can be asked; one that cannot is rejoined once it is back. */
  formerAnswers: boolean;
  candidate: Candidate;
  others: readonly Candidate[];
  /** What becomes of clients that wait, once they are led to the new primary. */
  waiting: Leading['waiting'];
}

/** What follows a promotion: writes are proven, clients are led there, and the redundancy is brought back. */
export async function completePromotion<Spec>(
  run: DatabaseRun<Spec>,
  promoted: Promoted,
): Promise<void> {
  const { candidate, others, former } = promoted;
  const { node } = candidate;
  // Commits may wait for a standby: those that are there follow first. Else clients need not wait for that.
  const { synchronousStandbys = '' } = candidate.facts;
  const waits = synchronousStandbys !== '';
  const following = others.map((other) => other.node.name);
  const isFormerAwaited =
    comesBack(run, promoted) &&
    waitsForFormer(synchronousStandbys, { following, former: former.name });
  if (waits) await haveOthersFollow(run, promoted);
  if (isFormerAwaited) await takeFormerBack(run, promoted);
  await proveWrites(run, node);
  const leading = leadingOf(run, promoted);
  const left = await leadClients(run, leading);
  if (!waits) await haveOthersFollow(run, promoted);
  const rest = restoreRedundancy(run, promoted, isFormerAwaited);
  const stillLeft = await leadBeside(run, left, leading, rest);
  await leadTheRest(run, stillLeft, leading);
  await awaitNames(run);
  await acknowledgeFailover(run);
}

function comesBack<Spec>(run: DatabaseRun<Spec>, { formerAnswers }: Promoted): boolean {
  return formerAnswers && run.plan.rejoin !== 'never';
}

async function takeFormerBack<Spec>(
  run: DatabaseRun<Spec>,
  { former, candidate: { node, facts } }: Promoted,
): Promise<void> {
  const { rejoin } = run.plan;
  if (rejoin === 'never') return;
  await rejoinNode(run, { node: former, primary: node, method: rejoin, among: facts });
}

async function restoreRedundancy<Spec>(
  run: DatabaseRun<Spec>,
  promoted: Promoted,
  isFormerBack: boolean,
): Promise<void> {
  const { rejoin } = run.plan;
  const { former, formerAnswers, candidate } = promoted;
  const { node } = candidate;
  const late = lateOf(run, promoted);
  if (late.length > 0 && patched('late-standbys-follow')) {
    const { systemIdentifier } = candidate.facts;
    const beganAtLsn = run.found.promotion?.lsn;
    await haveLateStandbysFollow(run, late, { node, systemIdentifier, beganAtLsn });
  }
  if (rejoin === 'never') run.note(`${former.name} stays fenced: the plan says rejoin: never`);
  else if (!formerAnswers) {
    run.note(
      `${former.name} is not a standby yet: its host does not answer. Once it does: belay database rejoin --node ${former.name}`,
    );
  } else if (!isFormerBack) {
    await takeFormerBack(run, promoted);
  }
  await secureLog(run, node);
  await awaitStreaming(run, node, comesBack(run, promoted) ? 0 : 1);
}

/** Those that were not among the standbys which were compared. */
function lateOf<Spec>(
  { plan }: DatabaseRun<Spec>,
  { former, candidate, others }: Promoted,
): DatabaseNode[] {
  const known = [former, candidate.node, ...others.map(({ node }) => node)];
  return plan.nodes.filter(({ name }) => known.every((each) => each.name !== name));
}

async function haveOthersFollow<Spec>(run: DatabaseRun<Spec>, promoted: Promoted): Promise<void> {
  const {
    former,
    candidate: { node },
    others,
  } = promoted;
  // A slot that nobody uses keeps the log until the disk is full.
  const followers = [
    ...others.map((other) => other.node),
    ...(comesBack(run, promoted) ? [former] : []),
  ];
  const slots = followers.map(slotOf);
  await carryOn(run, `prepare ${node.name} to lead`, async ({ prove }) => {
    await run.node(node).prepareToLead(slots);
    prove({ what: 'slots', source: node.agent, value: slots.join(', ') });
  });
  for (const other of others) {
    await carryOn(run, `have ${other.node.name} follow ${node.name}`, async ({ prove }) => {
      const order = { primary: node.address, slot: slotOf(other.node) };
      await run.node(other.node).follow(order);
      prove({ what: 'streams from', source: other.node.agent, value: node.name });
    });
  }
}

/** The former primary is what routes lead to until now. */
function leadingOf<Spec>(
  run: DatabaseRun<Spec>,
  { former, candidate: { node, facts }, waiting }: Promoted,
): Leading {
  const { promotion } = run.found;
  const { systemIdentifier = '', timeline = 0 } = facts;
  const to = {
    ...{ address: node.address, systemIdentifier },
    timeline: promotion?.timeline ?? timeline,
  };
  return { from: former.address, to, waiting };
}

/** The row that was committed; undefined where a person gave that up. */
export async function proveWrites<Spec>(
  run: DatabaseRun<Spec>,
  node: DatabaseNode,
): Promise<CanaryRow | undefined> {
  return carryOn(run, `prove writes on ${node.name}`, async ({ prove }) => {
    const row = await run.node(node).proveWrites(run.id);
    const { nonce, timeline, lsn } = row;
    prove({
      ...{ what: `row ${nonce}`, source: node.agent },
      value: `committed at ${lsn} of timeline ${timeline}, and read back on another connection`,
    });
    run.stamp('writesBackAtMs');
    return row;
  });
}
