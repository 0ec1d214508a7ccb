import type { DatabaseNode } from '../../../specs/recovery/database-node.ts';
import { nameOf, type SeenNode } from './seen-node.ts';

/**
 * Nodes of which another look may say something else: those that do not answer, and standbys on an older timeline,
 * which they may still leave, as one does that reads the log from an archive.
 */
export function undecidedNodes(
  seen: readonly SeenNode[],
  primary: SeenNode,
  knownTimeline = 0,
): DatabaseNode[] {
  const newest = Math.max(knownTimeline, ...seen.map(({ facts }) => facts?.timeline ?? 0));
  const isUndecided = ({ facts }: SeenNode) =>
    facts === undefined || (facts.state === 'standby' && (facts.timeline ?? 0) < newest);
  return seen
    .filter((each) => nameOf(each) !== nameOf(primary) && isUndecided(each))
    .map(({ node }) => node);
}
