import { CancellationScope } from '@temporalio/workflow';
import { concludePromotion } from '../../../../../src/policies/recovery/databases/conclude-promotion.ts';
import { knownBefore } from '../../../../../src/policies/recovery/databases/managed/known-before.ts';
import { refuseManagedFailover } from '../../../../../src/policies/recovery/databases/managed/refuse-managed-failover.ts';
import { nodeNamed } from '../../../../../src/policies/recovery/databases/seen-node.ts';
import { refuseManager } from '../../../../../src/policies/recovery/databases/managed/refuse-manager.ts';
import { refuseRoutes } from '../../../../../src/policies/recovery/databases/seen-route.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { FailoverSpec } from '../../../../../src/specs/recovery/failover.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { askNodes, examineNodes, refusal, requirePrimary } from '../examine-nodes.ts';
import { examineRoutes } from '../examine-routes.ts';
import { obtainPermit } from '../obtain-permit.ts';
import { together } from '../../together.ts';
import { awaitAnotherLeader } from './await-another-leader.ts';
import { completeManaged, provePromotion } from './complete-managed.ts';
import { examineManager, requireAgreement } from './examine-manager.ts';
import { haveLead, takenByItself } from './have-lead.ts';
import { requireMember, type Known } from './require-member.ts';

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
  const leader = byItself ?? (await haveLead(run, { former, manager, routes, spec }));
  if ('outcome' in leader) return leader;
  const before = knownBefore(former, nodeNamed(seen, leader.name), manager);
  const promoted = { former: former.node, leader, before, manager, waiting: 'drop' as const };
  await CancellationScope.nonCancellable(async () => {
    await provePromotion(run, promoted);
    await completeManaged(run, promoted);
  });
  return concludePromotion('FailedOver', run.found, run.missing);
}

const everyMs = 500;

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
