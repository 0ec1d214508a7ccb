import type { Candidate } from './choose-candidate.ts';
import type { SeenNode } from './seen-node.ts';

/** Every reason why a standby cannot take over without a loss; empty: it can. */
export function refuseSwitchover({ node, facts }: SeenNode, candidate: Candidate): string[] {
  if (facts?.state !== 'primary') {
    const state = facts?.state ?? 'away';
    return [
      `${node.name} is ${state}, and a switchover needs a primary that is up: use a failover`,
    ];
  }
  const { name } = candidate.node;
  const follows = (facts.replicas ?? []).filter(({ state }) => state === 'streaming');
  const isFollowed = follows.length > 0 && candidate.facts.upstream?.connected === true;
  return [
    ...(isFollowed ? [] : [`${name} does not stream from ${node.name}: rejoin it first`]),
    ...facts.problems.map((problem) => `${node.name}: ${problem}`),
  ];
}
