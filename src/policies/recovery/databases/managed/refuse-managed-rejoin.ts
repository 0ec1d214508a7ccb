import type { ManagerFacts } from '../../../../contracts/recovery/database-manager.ts';
import type { RejoinSpec } from '../../../../specs/recovery/rejoin.ts';
import type { SeenNode } from '../seen-node.ts';

/** Every reason why the manager is not asked to rejoin a member; empty: it is. */
export function refuseManagedRejoin(
  { leader, isPaused, members }: Pick<ManagerFacts, 'leader' | 'isPaused' | 'members'>,
  { facts }: SeenNode,
  { node, method }: Pick<RejoinSpec, 'node' | 'method'>,
): string[] {
  const streams = (facts?.replicas ?? []).some(({ name, state }) => {
    return name === node && state === 'streaming';
  });
  return [
    ...(leader === undefined ? ['nobody leads: there is nothing to follow'] : []),
    ...(node === leader ? [`${node} leads`] : []),
    ...(streams ? [`${node} streams from ${leader ?? 'the primary'} already`] : []),
    ...(members.some(({ name }) => name === node)
      ? []
      : [`${node} is no member of Patroni: start its Patroni first`]),
    ...(isPaused ? ['Patroni is paused: end that with `patronictl resume` first'] : []),
    ...(method === 'rewind'
      ? ['Patroni rewinds by itself where it can: write method copy, or start']
      : []),
  ];
}
