import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { findPrimary } from '../databases/find-primary.ts';
import { nameOf, type SeenNode } from '../databases/seen-node.ts';

/** A database as all of its nodes were found. */
export interface SeenDatabase {
  name: string;
  nodes: readonly SeenNode[];
  /** The names of its nodes in the region that it leaves, and in the one that takes over. */
  from: string;
  to: string;
}

/**
 * `there`: the node in the other region is the primary already, and `unproven` says why nobody can tell
 * whether it is the newest one. `movable`: that node is a standby. `refused`: with every reason.
 */
export type Place =
  | { kind: 'there'; unproven?: string }
  | { kind: 'movable' }
  | { kind: 'refused'; reasons: string[] };

export type MoveBy = 'failover' | 'switchover';

/** Whether a database can move, or has moved: the word of one node about itself is not enough. */
export function placeDatabase(database: SeenDatabase, by: MoveBy): Place {
  const { nodes, to } = database;
  const target = nodes.find((seen) => nameOf(seen) === to);
  const about = `database ${database.name}`;
  const primaries = findPrimary(nodes);
  const reasons = primaries.kind === 'several' ? [`${about}: ${primaries.why}`] : [];
  const facts = target?.facts;
  if (facts === undefined) {
    const why = target?.why ?? 'its agent does not answer';
    return { kind: 'refused', reasons: [...reasons, `${about}: ${to}: ${why}`] };
  }
  if (facts.state !== 'standby' && facts.state !== 'primary') {
    const why = `${about}: ${to} is ${facts.state}, and no standby: ${facts.detail}`;
    return { kind: 'refused', reasons: [...reasons, why] };
  }
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const placed = facts.state === 'primary' ? placePrimary : placeStandby;
  return placed(database, facts, by);
}

function placePrimary(
  { name, nodes, from, to }: SeenDatabase,
  facts: NodeFacts,
  by: MoveBy,
): Place {
  const newer = nodes.filter((seen) => (seen.facts?.timeline ?? 0) > (facts.timeline ?? Infinity));
  if (newer.length > 0) {
    const known = newer.map((seen) => `${nameOf(seen)} is on timeline ${seen.facts?.timeline}`);
    return refuse(
      name,
      `${to} is a primary on timeline ${facts.timeline}, and ${known.join(' and ')}: ${to} is out of date. Fence it, and rejoin it (belay database rejoin --node ${to})`,
    );
  }
  const former = nodes.find((seen) => nameOf(seen) === from)?.facts;
  if (isKnownToFollow(former, facts)) return { kind: 'there' };
  const said = former === undefined ? 'does not answer' : `is ${former.state}`;
  const unproven = `${to} is the primary already, and ${from} ${said}: nobody can say which of the two was promoted last`;
  return by === 'failover' ? { kind: 'there', unproven } : refuse(name, unproven);
}

/** It streams, or takes no writes on an older timeline: it was the primary before. */
function isKnownToFollow(former: NodeFacts | undefined, { timeline }: NodeFacts): boolean {
  if (former?.state === 'standby') return former.upstream?.connected === true;
  if (former?.state !== 'fenced' && former?.state !== 'stopped') return false;
  return former.timeline !== undefined && timeline !== undefined && former.timeline < timeline;
}

function placeStandby(
  { name, nodes, from, to }: SeenDatabase,
  facts: NodeFacts,
  by: MoveBy,
): Place {
  if (by === 'failover') {
    const found = findPrimary(nodes, from);
    return found.kind === 'one' ? { kind: 'movable' } : refuse(name, found.why);
  }
  if (facts.upstream?.connected !== true) {
    return refuse(
      name,
      `${to} does not stream: rejoin it first (belay database rejoin --node ${to})`,
    );
  }
  const found = findPrimary(nodes);
  const isUp = found.kind === 'one' && found.primary.facts?.state === 'primary';
  return isUp ? { kind: 'movable' } : refuse(name, 'no node says that it is the primary');
}

function refuse(name: string, why: string): Place {
  return { kind: 'refused', reasons: [`database ${name}: ${why}`] };
}
