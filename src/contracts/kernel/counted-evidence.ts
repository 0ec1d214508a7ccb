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
}

/** What a hold has counted for one metric, and what that says. Of fixed size. */
export interface Evidence {
  counts: TrackCounts;
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
