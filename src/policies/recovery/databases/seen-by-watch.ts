import type { WatchHeartbeat } from '../../../contracts/recovery/database-node.ts';
import type { SeenPrimary } from '../../../specs/recovery/failover.ts';

/** What its host said longer before is not true of the primary that went down. */
const longestStaleMs = 15_000;

interface Missed {
  sinceMs: number;
  /** The last heartbeat of its host. */
  last?: WatchHeartbeat;
  leaseOverAtMs?: number;
}

/** What a watch passes on of a primary that it misses. */
export function seenByWatch(node: string, { sinceMs, last, leaseOverAtMs }: Missed): SeenPrimary {
  const isNew = last !== undefined && sinceMs - last.atMs < longestStaleMs;
  const { lsn, synchronousStandbys } = isNew ? last : {};
  return {
    // Agents tell spans of a clock that has fractions.
    ...{ node, downSinceMs: Math.floor(sinceMs) },
    ...(lsn !== undefined && { lsn }),
    ...(synchronousStandbys !== undefined && { synchronousStandbys }),
    ...(leaseOverAtMs !== undefined && { leaseOverAtMs }),
  };
}
