/** Requests of one track over some time, and how many of them were bad: failed, or slow. */
export interface Counts {
  total: number;
  bad: number;
}

/** Both tracks over the same time, in which the weight did not change. */
export interface TrackCounts {
  canary: Counts;
  stable: Counts;
}

/** Natural logarithms of likelihood ratios, one for each alternative to a good release. */
export type LogRatios = readonly number[];

/** How unevenly bad requests came, interval by interval. */
export interface Dispersion {
  seen: Counts;
  intervals: number;
  /** Sum of (bad - expected)^2 / variance over the intervals. */
  chiSquare: number;
  /** Of the canary, lately. Absent where what both tracks share is not told apart. */
  canary?: Counts;
  /** Of both tracks at the same time: the sum of their deviations' products / variance, and how far chance may move it. */
  inCommon?: { sum: number; variance: number };
}

/** What a hold has counted for one metric, and what that says. Of fixed size. */
export interface Evidence {
  counts: TrackCounts;
  /**
   * How often it was looked at: at each look a release may have become bad, and the rows below are sums
   * over those starts. Absent in a test that knows only the start of the hold.
   */
  looks?: number;
  /** The canary's counts of about the last fifth of the looks; absent as `looks` is. */
  lately?: Counts;
  /** The same of about the last sixtieth, and of three looks at least: what has only just begun. */
  atLast?: Counts;
  /** That the canary is worse than it may be. */
  worse: LogRatios;
  /** That a track is worse than the objective. */
  canaryOffObjective: LogRatios;
  stableOffObjective: LogRatios;
  /** That the canary is not so bad as it must not be. */
  better: number;
  /** Of stable. */
  dispersion: Dispersion;
  /** Intervals since the canary was last seen to have a request: data only once there is another. */
  sinceLastRequest: number;
}
