import type {
  ManagedMember,
  ManagerFacts,
} from '../../../../contracts/recovery/database-manager.ts';
import type { DatabasePlan } from '../../../../specs/recovery/database-plan.ts';
import type { SeenNode } from '../seen-node.ts';

/** Every reason why the manager is not asked for another leader, each with what to do; empty: it may be. */
export function refuseManager(
  facts: ManagerFacts,
  { nodes }: Pick<DatabasePlan, 'nodes'>,
  seen: readonly SeenNode[],
): string[] {
  const { isPaused, standbyLeader, scheduled, members, systemIdentifier } = facts;
  const unknown = members.filter(({ name }) => !nodes.some((node) => node.name === name));
  const others =
    systemIdentifier === undefined
      ? []
      : seen.filter(({ facts: server }) => {
          return (server?.systemIdentifier ?? systemIdentifier) !== systemIdentifier;
        });
  return [
    ...(isPaused
      ? ['Patroni is paused (maintenance mode): end that with `patronictl resume` first']
      : []),
    ...(standbyLeader === undefined
      ? []
      : [
          `the cluster is the standby of another one, which ${standbyLeader} follows: promote it there`,
        ]),
    ...(scheduled === undefined
      ? []
      : [
          `Patroni has ${scheduled} before it: let that happen, or take it back with \`patronictl flush\``,
        ]),
    ...unknown.map(
      ({ name }) => `${name} is a member of Patroni, and no node of the plan: add it to nodes`,
    ),
    ...others.map(
      ({ node, facts: server }) =>
        `${node.name} is database ${server?.systemIdentifier}, and Patroni is in charge of ${systemIdentifier}: see the settings of its agent`,
    ),
  ];
}

/** Why the manager would not, or must not, let this member lead; empty: it may. */
export function refuseMember(
  name: string,
  facts: ManagerFacts,
  { timeline, withinLag }: { timeline?: number; withinLag: boolean },
): string[] {
  const member = facts.members.find((each) => each.name === name);
  if (member === undefined) {
    const known = facts.members.map((each) => each.name).join(', ');
    return [`${name} is no member of Patroni, which has ${known || 'none'}`];
  }
  return [
    ...(member.noFailover ? [`${name} has the tag nofailover: Patroni never promotes it`] : []),
    ...(member.isRunning
      ? []
      : [
          `${name} is ${member.state || 'in no known state'}: belay database rejoin --node ${name}`,
        ]),
    ...(facts.isSynchronous && !member.isSynchronous
      ? [
          `${name} is no synchronous standby, and synchronous_mode is on: only those have every commit`,
        ]
      : []),
    ...(timeline !== undefined && member.timeline !== undefined && member.timeline < timeline
      ? [`${name} is on timeline ${member.timeline}, and ${timeline} is newer`]
      : []),
    ...(withinLag ? refuseLag(member, facts) : []),
  ];
}

function refuseLag({ name, lagBytes }: ManagedMember, { maxLagBytes }: ManagerFacts): string[] {
  if (lagBytes === undefined) return [`nobody can say how far ${name} is behind`];
  if (maxLagBytes === undefined || lagBytes <= maxLagBytes) return [];
  return [
    `${name} is ${lagBytes} bytes behind, and maximum_lag_on_failover is ${maxLagBytes}: wait until it has caught up`,
  ];
}
