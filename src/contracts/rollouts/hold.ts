import type { Evidence } from '../kernel/counted-evidence.ts';
import type { Sample } from './sample.ts';
import type { AnalysisSpec } from '../../specs/rollouts/analysis.ts';
import type { ServiceRef } from './platform.ts';
import type { Track } from './traffic.ts';
import type { Measurement, Verdict, VerdictKind } from './verdict.ts';

/**
 * Everything a hold has measured so far. It is sent with heartbeats, so it is plain, and all but
 * the counters that the open interval began with is bounded: those are left out where they are too
 * many.
 */
export interface HoldProgress {
  /** Newest last; of each metric so many that its course shows, the tallies count all. */
  measurements: Measurement[];
  /** How many of each metric are kept, where a hold has so many metrics that it is fewer than usual. */
  keptOfMetric?: number;
  /** By metric: what its last measurement with each result said. */
  lastReasons?: Record<string, Partial<Record<VerdictKind, string>>>;
  tallies: Record<string, MetricTally>;
  /** Measuring intervals of the hold for which a metric had data. */
  coveredIntervals: Record<string, number>;
  /** For judges that weigh counts, by metric. */
  evidence?: Record<string, Evidence>;
  /** For judges that rank values, by metric: of each look, newest last. */
  series?: Record<string, TrackSeries>;
  /** For judges that count them, by metric: measurements in a row that passed. */
  streaks?: Record<string, number>;
  /** Errors in a row of the source of the traffic. */
  consecutiveErrors: number;
  /** What it said last. */
  lastError?: string;
  /** By metric with a source of its own that did not answer at the last look. */
  sourceErrors?: Record<string, SourceErrors>;
  /** How much of the hold is covered by samples. */
  seenMs?: number;
  /** The interval now open began with this; absent also where it was too large to be kept. */
  baseline?: Sample;
  /** The same of metrics that are measured less often. */
  starts?: Record<string, Sample>;
  /** Canary requests and failed requests seen during this hold. */
  canaryRequests: number;
  canaryErrors: number;
}

/** Both tracks' values of one metric, look by look and the newest last; null where a look had no data. Of bounded length. */
export type TrackSeries = Record<Track, readonly (number | null)[]>;

export interface SourceErrors {
  inARow: number;
  last: string;
}

export interface MetricTally {
  passed: number;
  failed: number;
  noData: number;
}

export interface WatchHoldInput {
  ref: ServiceRef;
  rolloutId: string;
  version: string;
  /** The one that is judged: `stable` where the release takes its place at once. */
  track: Track;
  /** Step of the last act before this watch. */
  sinceStep: number;
  /** Percent of traffic on the canary that the target is to have; 0 where stable is judged. */
  weight: number;
  analysis: AnalysisSpec;
  intervalMs: number;
  /** Of the whole hold, however often its clock was stopped; 0 where only a person ends it. */
  holdMs: number;
  /** Tests that the rollout shares its alpha among: one for each metric and hold. */
  tests: number;
  /** Milliseconds since the epoch. */
  deadlineMs: number;
  /** A person is being waited for: silence is known already, so only a failure ends this watch early. */
  failuresOnly: boolean;
  /** What others changed has not been put back yet, so it ends also such a watch. */
  reportsDrift?: boolean;
  /** What an earlier watch of the same hold had measured. */
  progress?: HoldProgress;
  /** What earlier holds of the rollout have shown, by metric. */
  earlier?: Record<string, Evidence>;
}

export interface HoldOutcome {
  verdict: Verdict;
  /** What others changed on the target; the verdict is then inconclusive. */
  drift?: string[];
  /** Judged because the deadline came, not because something decided before it. */
  atDeadline: boolean;
  progress: HoldProgress;
}

export interface AnalysisActivities {
  /**
   * Measures until the deadline or until something decides: fail at once, inconclusive when the
   * source is silent or the evidence at the deadline is too thin. Heartbeats its progress and
   * resumes from it. Acts on nothing.
   */
  watchHold(watch: WatchHoldInput): Promise<HoldOutcome>;
}
