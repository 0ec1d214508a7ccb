/** Which of a service's two releases answered. */
export type Track = 'stable' | 'canary';

/** Counters of one track; they only rise, and restart from 0 when their source restarts. */
export interface TrackCounters {
  requests: number;
  /** Requests answered with a 5xx or not answered at all. */
  errors: number;
  /** Cumulative histogram: `counts[i]` requests took at most `boundsMs[i]`; the last bound is Infinity (null in JSON). */
  latency: LatencyHistogram;
}

export interface LatencyHistogram {
  boundsMs: (number | null)[];
  counts: number[];
}

export interface TrafficSnapshot {
  takenAtMs: number;
  /** Changes whenever a source lost its counters, came or went, so that a reset is never read as traffic. */
  epoch: string;
  /** Absent: the track has had no request since the source started. */
  stable?: TrackCounters;
  canary?: TrackCounters;
}
