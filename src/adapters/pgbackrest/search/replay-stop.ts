import { endBefore } from '../wal/segments.ts';

/** Where replay waits. */
export interface ReplayStop {
  /** A record that has to be replayed. */
  past: bigint | undefined;
  /** A record before which replay waits; absent: none, it is the end of the log. */
  limit: bigint | undefined;
  /** Nothing is between the two. */
  isNext: boolean;
}

/**
 * Whether a server that has replayed up to there waits. Of a record whose writer died the rest of a page may be
 * passed over: what comes next begins later than where replay waits.
 */
export function hasReplayed({ past, limit, isNext }: ReplayStop, at: bigint): boolean {
  const isPast = past === undefined || at > past;
  if (limit === undefined || (isNext && past !== undefined)) return isPast;
  return isPast && at >= endBefore(limit);
}
