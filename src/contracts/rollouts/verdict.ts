export type VerdictKind = 'pass' | 'fail' | 'inconclusive';

/** A judgement with what decided it, in words. Missing data is never a pass. */
export interface Verdict {
  kind: VerdictKind;
  reasons: string[];
}

/** One metric over one interval. */
export interface Measurement {
  metric: string;
  /** End of the interval, milliseconds since the epoch. */
  atMs: number;
  /** Rates as fractions, latencies in milliseconds; absent when there was no data. */
  value?: number;
  /** The same of stable, where it was counted. */
  stable?: number;
  /** Canary requests in the interval. */
  requests: number;
  result: VerdictKind;
  /** Why it is not a pass. */
  reason?: string;
}
