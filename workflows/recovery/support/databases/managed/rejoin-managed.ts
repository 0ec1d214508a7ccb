import { refuseManagedRejoin } from '../../../../../src/policies/recovery/databases/managed/refuse-managed-rejoin.ts';
import type { SeenNode } from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { RejoinSpec } from '../../../../../src/specs/recovery/rejoin.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { examineNodes, refusal, requirePrimary } from '../examine-nodes.ts';
import { obtainPermit } from '../obtain-permit.ts';
import { together } from '../../together.ts';
import { awaitMember } from './await-member.ts';
import { examineManager, requireAgreement } from './examine-manager.ts';

/** The manager makes a member a standby again: it restarts its server, or copies it anew from the leader. */
export async function rejoinManaged(
  run: DatabaseRun<RejoinSpec>,
  spec: RejoinSpec,
): Promise<Ending> {
  await requireRejoinable(run, spec);
  if (spec.dryRun) return { outcome: 'Planned', reason: `${spec.node} would be rejoined` };
  await obtainPermit(run);
  // The permit may have taken its time: the member may lead by now.
  const primary = await requireRejoinable(run, spec);
  run.open();

  const node = run.plan.nodes.find(({ name }) => name === spec.node) ?? primary.node;
  run.found.to = primary.node.name;
  const method = spec.method === 'start' ? 'restart' : 'copy';
  await takeStep(run, `ask the manager to rejoin ${node.name}`, async ({ prove }) => {
    const { is, said } = await run.manager(node).requestRejoin(method);
    prove({ what: 'answered', source: node.agent, value: said, threshold: 'no proof' });
    if (is === 'refused')
      throw refusal(`Patroni does not rejoin ${node.name}: it answered ${said}`);
  });
  const { streams, leader, state } = await awaitMember(run, { node, primary: primary.node });
  run.found.to = leader;
  run.found.streaming = streams ? [node.name] : [];
  if (!streams) {
    const now = `the manager shows it as ${state ?? 'no member'}`;
    const why = `${node.name} does not stream from ${leader} yet: ${now}. See \`patronictl list\``;
    return { outcome: 'Incomplete', reason: why };
  }
  run.stamp('redundancyBackAtMs');
  return { outcome: 'Rejoined', reason: `${node.name} streams from ${leader}` };
}

/** Who the member is to follow. Fails with every reason against it. */
async function requireRejoinable(
  run: DatabaseRun<RejoinSpec>,
  spec: RejoinSpec,
): Promise<SeenNode> {
  const [seen, asked] = await together([examineNodes(run), examineManager(run)]);
  const manager = requireAgreement(asked);
  const primary = requirePrimary(seen, manager.leader);
  const reasons = refuseManagedRejoin(manager, primary, spec);
  if (reasons.length > 0) throw refusal(reasons.join('; '));
  return primary;
}
