/**
 * What a time adds up to. `goodMs`, `badMs`, `noDataMs` and `excludedMs` are exactly its length. All
 * numbers but `busiest` add up over times that follow each other.
 */
export interface Tally {
  /** Requests outside of exclusions. */
  good: number;
  bad: number;
  /** Minutes that met the objective by themselves. */
  goodMs: number;
  badMs: number;
  noDataMs: number;
  excludedMs: number;
  /** Of `noDataMs`: it was measured, and there were no requests. */
  idleMs: number;
  /** Of `noDataMs`: what was requested is not known. Of the rest only the minute is not known. */
  unknownMs: number;
  /** The most requests of one minute. */
  busiest: number;
}

export const emptyTally: Tally = {
  ...{ good: 0, bad: 0, goodMs: 0, badMs: 0, noDataMs: 0, excludedMs: 0 },
  ...{ idleMs: 0, unknownMs: 0, busiest: 0 },
};

/** One hour of an objective, without any exclusion taken into account. */
export interface Hour {
  objective: string;
  /** Its beginning, a multiple of 3,600,000. */
  atMs: number;
  tally: Tally;
}
