import type { SeenNode } from './seen-node.ts';

/**
 * Whether the server of this node has ended, and nothing can have taken its place: every other node
 * answers, and is a standby of the same database on its timeline. A node that does not answer may have been
 * promoted.
 */
export function hasEndedAlone(seen: readonly SeenNode[], name: string): boolean {
  const ended = seen.find(({ node }) => node.name === name)?.facts;
  if (ended?.state !== 'stopped' || ended.timeline === undefined) return false;
  const { systemIdentifier, timeline } = ended;
  return seen
    .filter(({ node }) => node.name !== name)
    .every(
      ({ facts }) =>
        facts?.state === 'standby' &&
        facts.timeline === timeline &&
        facts.systemIdentifier === systemIdentifier,
    );
}
