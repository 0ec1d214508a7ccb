import type { ManagerFacts } from '../../../../contracts/recovery/database-manager.ts';
import type { Candidate } from '../choose-candidate.ts';
import type { SeenNode } from '../seen-node.ts';

/** Every reason why the leader cannot hand over; empty: it can. */
export function refuseManagedSwitchover(
  { leader }: Pick<ManagerFacts, 'leader'>,
  { node, facts }: SeenNode,
  candidate: Candidate,
): string[] {
  if (leader === undefined) return ['nobody leads: use a failover'];
  if (leader !== node.name) {
    return [
      `${node.name} takes writes, and Patroni lets ${leader} lead: two may take writes. Stop the server of ${node.name} first`,
    ];
  }
  if (facts?.state !== 'primary') {
    return [`${leader} leads, and is ${facts?.state ?? 'away'}: use a failover`];
  }
  const { name } = candidate.node;
  const streams = (facts.replicas ?? []).some((each) => {
    return each.name === name && each.state === 'streaming';
  });
  return [
    ...(streams ? [] : [`${name} does not stream from ${leader}: wait until it does`]),
    ...facts.problems.map((problem) => `${leader}: ${problem}`),
  ];
}
