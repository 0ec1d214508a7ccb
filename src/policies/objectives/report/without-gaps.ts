import { emptyTally, type Tally } from '../../../contracts/objectives/tally.ts';

/** What whole hours of a time add up to: those that were never written have no data. */
export function withoutGaps(known: Tally | undefined, lengthMs: number): Tally {
  const tally = known ?? emptyTally;
  const missingMs = lengthMs - (tally.goodMs + tally.badMs + tally.noDataMs + tally.excludedMs);
  return {
    ...tally,
    noDataMs: tally.noDataMs + missingMs,
    unknownMs: tally.unknownMs + missingMs,
  };
}
