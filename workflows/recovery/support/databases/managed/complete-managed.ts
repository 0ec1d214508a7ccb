import { sleep } from '@temporalio/workflow';
import type { ManagerFacts } from '../../../../../src/contracts/recovery/database-manager.ts';
import { findPrimary } from '../../../../../src/policies/recovery/databases/find-primary.ts';
import { judgeTarget } from '../../../../../src/policies/recovery/databases/managed/judge-target.ts';
import type { KnownBefore } from '../../../../../src/policies/recovery/databases/managed/known-before.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { carryOn } from '../../carry-on.ts';
import { proveWrites } from '../complete-promotion.ts';
import type { DatabaseRun } from '../database-run.ts';
import { askNodes, examineNodes } from '../examine-nodes.ts';
import {
  awaitNames,
  leadBeside,
  leadClients,
  leadTheRest,
  leaveClients,
  type Leading,
} from '../lead-clients.ts';
import { secureLog } from '../secure-log.ts';

export interface ManagedPromotion {
  former: DatabaseNode;
  leader: DatabaseNode;
  before: KnownBefore;
  manager: Pick<ManagerFacts, 'settledWithinMs'>;
  waiting: Leading['waiting'];
}

/** Proves by the server itself that it is promoted. There is no way back: people are asked where it is not. */
export async function provePromotion<Spec>(
  run: DatabaseRun<Spec>,
  { leader, before: { timeline: after }, manager }: ManagedPromotion,
): Promise<void> {
  await carryOn(run, `prove that ${leader.name} is promoted`, async ({ prove }) => {
    const promotion = await run.node(leader).awaitPromotion(after, manager.settledWithinMs);
    run.found.promotion = promotion;
    run.stamp('promotedAtMs');
    prove({
      ...{ what: 'timeline', source: leader.agent, threshold: `after ${after}` },
      value: `${promotion.timeline}, from ${promotion.lsn} on`,
    });
  });
}

/** What follows: writes are proven, clients are led there, and the members stream again, by the manager. */
export async function completeManaged<Spec>(
  run: DatabaseRun<Spec>,
  { former, leader, before, manager, waiting }: ManagedPromotion,
): Promise<void> {
  const row = await proveWrites(run, leader);
  const target = judgeTarget(leader, before, run.found.promotion?.timeline ?? row?.timeline);
  if (!target.ok) {
    leaveClients(run, leader.address, target.why);
    await restoreRedundancy(run, leader, manager);
    return;
  }
  const { systemIdentifier, timeline } = target;
  const to = { address: leader.address, systemIdentifier, timeline };
  const leading: Leading = { from: former.address, to, waiting };
  const left = await leadClients(run, leading);
  const rest = restoreRedundancy(run, leader, manager);
  const stillLeft = await leadBeside(run, left, leading, rest);
  await leadTheRest(run, stillLeft, leading);
  await awaitNames(run);
}

async function restoreRedundancy<Spec>(
  run: DatabaseRun<Spec>,
  leader: DatabaseNode,
  { settledWithinMs }: Pick<ManagerFacts, 'settledWithinMs'>,
): Promise<void> {
  await secureLog(run, leader);
  const others = run.plan.nodes.filter(({ name }) => name !== leader.name);
  await awaitMembers(run, leader, { of: others, withinMs: 2 * settledWithinMs });
  await proveOnePrimary(run, leader);
}

const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Only what the leader itself calls streaming is redundancy. A lack of it is a note: the manager goes on trying. */
async function awaitMembers<Spec>(
  run: DatabaseRun<Spec>,
  leader: DatabaseNode,
  { of: others, withinMs }: { of: readonly DatabaseNode[]; withinMs: number },
): Promise<void> {
  await takeStep(run, 'count the standbys that stream', async ({ prove }) => {
    const untilMs = Date.now() + withinMs;
    let streaming: string[] = [];
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const [seen] = await askNodes(run, [leader]);
      const names = (seen?.facts?.replicas ?? [])
        .filter(({ state }) => state === 'streaming')
        .map(({ name }) => name);
      streaming = others.map(({ name }) => name).filter((name) => names.includes(name));
      if (streaming.length === others.length || Date.now() >= untilMs) break;
      await sleep(pauseMs);
    }
    run.found.streaming = streaming;
    prove({
      ...{ what: 'streaming', source: leader.agent, threshold: `${others.length} standbys` },
      value: streaming.length === 0 ? 'none' : streaming.join(', '),
    });
    if (streaming.length === others.length) run.stamp('redundancyBackAtMs');
    else run.note(`${streaming.length} of ${others.length} standbys stream from ${leader.name}`);
  });
}

/** A former leader that a frozen manager left behind goes on, and has been seen to take the lock back. */
async function proveOnePrimary<Spec>(run: DatabaseRun<Spec>, leader: DatabaseNode): Promise<void> {
  const seen = await examineNodes(run, run.plan.nodes, { name: 'look for another primary' });
  const found = findPrimary(seen);
  if (found.kind === 'several') run.missing.push(`have one primary: ${found.why}`);
  const facts = seen.find(({ node }) => node.name === leader.name)?.facts;
  const { timeline = 0 } = run.found.promotion ?? {};
  if (facts === undefined) return;
  if (facts.state !== 'primary') {
    run.missing.push(`${leader.name} leads no more: it is ${facts.state}, ${facts.detail}`);
  } else if ((facts.timeline ?? timeline) < timeline) {
    run.missing.push(
      `the timeline of ${leader.name} went back from ${timeline} to ${facts.timeline}: what was written on ${timeline} is gone`,
    );
  }
}
