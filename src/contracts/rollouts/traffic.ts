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

/** One place that counts the requests of one track: a pod, a router, a scraped target. */
export interface TrafficSource {
  track: Track;
  /**
   * When it began to count, milliseconds since the epoch; another one says that its counters
   * started anew. Absent where it is not known.
   */
  since?: number;
  counters: TrackCounters;
}

export interface TrafficSnapshot {
  takenAtMs: number;
  /**
   * By track: why its counters are 0, where nobody counts its requests under the name that is read.
   * A client library may create a counter with its first request, so this may end.
   */
  absent?: Partial<Record<Track, string>>;
  /** By a name that stays. One that is there and has counted nothing yet has counters of 0. */
  sources: Record<string, TrafficSource>;
}
