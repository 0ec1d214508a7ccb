import type { MetricLimits, MetricSource } from '../../specs/chaos/metric.ts';
import type { StopCondition } from '../../specs/chaos/stop-condition.ts';
import type { Counts } from '../kernel/counted-evidence.ts';
import type { Fence } from '../kernel/fence.ts';
import type { ServiceName, TrackName } from './service-tracks.ts';

/** A metric of the hypothesis, for whoever samples it. */
export interface ObservedMetric {
  name: string;
  source: MetricSource;
  /** Where two tracks are compared: when they are too bad. */
  limits?: MetricLimits;
}

/** What a track has answered since it was opened. */
export interface CountedRequests extends Counts {
  /** Requests that hang, of which nobody knows yet whether they are bad. Absent: none. */
  pending?: number;
}

/** One answer. Absent `value`: there was none. */
export interface Sample {
  /** Since the beginning of the window. */
  afterMs: number;
  /** Of a query: what it gave. Of a probe: how long it took, in milliseconds. */
  value?: number;
  /** Of a query that was answered: how long that took. */
  tookMs?: number;
  /** A probe that did not pass. */
  failed?: true;
  /**
   * There was no answer when the window ended. Of a probe, `value` is how long it had been waited for;
   * a query has no value then.
   */
  unanswered?: true;
  counts?: Readonly<Record<TrackName, CountedRequests>>;
  /** Why no request meets the fault any more. */
  over?: string;
  /** The tracks are not there any more. */
  areGone?: true;
  /** Why they are not, where they could say so. */
  goneBecause?: string;
}

export type Samples = Readonly<Record<string, Sample[]>>;

/** What was sampled in one window of time. */
export interface Observation {
  /** By the names of metrics. */
  samples: Samples;
  /** What ended it early: a stop condition, in one line. */
  stopped?: string;
  /** More samples would change nothing: two tracks were shown to differ, or are gone. */
  isDecided?: true;
  /** Why there are fewer samples than there should be. */
  problem?: string;
}

/** What is sampled for how long, and what ends that early. */
export interface WatchOrder {
  metrics: readonly ObservedMetric[];
  everyMs: number;
  forMs: number;
  stops: readonly StopCondition[];
  /** While a fault is there: ends as soon as two tracks are shown to differ, or no request meets the fault any more. */
  endsDecided?: true;
}

/** Two tracks of a service, as a run opened them. */
export interface OpenTracks extends ServiceName {
  fence: Fence;
}

export type TrackWatchOrder = WatchOrder & { tracks: OpenTracks };

/** By a worker, on the queue of watches. */
export interface QueryWatchActivities {
  /** Until its time is over, a stop condition holds, or its run cancels it. Goes on from its last heartbeat. */
  watchQueries(order: WatchOrder): Promise<Observation>;
}

/** By a worker, on the queue of watches. */
export interface TrackWatchActivities {
  /** The same of what two tracks answer, which are kept meanwhile. */
  watchTracks(order: TrackWatchOrder): Promise<Observation>;
}
