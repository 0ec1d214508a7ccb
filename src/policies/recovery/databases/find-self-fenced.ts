import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import type { SeenNode } from './seen-node.ts';

/**
 * The primary that its own host has fenced because its lease had run out, where nothing can have taken its
 * place: every other node answers, and is a standby on its timeline. Undefined where a run has fenced it,
 * of which people decide, and where anybody is away: that node may have been promoted.
 */
export function findSelfFenced(seen: readonly SeenNode[]): SeenNode | undefined {
  const fenced = seen.filter(({ facts }) => facts?.state === 'fenced');
  const [primary] = fenced;
  const fence = primary?.facts?.fence;
  if (fenced.length !== 1 || fence?.how !== 'lease-expired') return undefined;
  const others = seen.filter((each) => each !== primary);
  const follows = ({ state, systemIdentifier, timeline }: NodeFacts) =>
    state === 'standby' &&
    systemIdentifier === fence.systemIdentifier &&
    timeline === fence.timeline;
  const isReplaceable =
    others.length > 0 && others.every(({ facts }) => facts !== undefined && follows(facts));
  return isReplaceable ? primary : undefined;
}
