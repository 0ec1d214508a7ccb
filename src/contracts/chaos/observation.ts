import type { MetricSource } from '../../specs/chaos/metric.ts';
import type { StopCondition } from '../../specs/chaos/stop-condition.ts';

/** A metric of the hypothesis, for whoever samples it. */
export interface ObservedMetric {
  name: string;
  source: MetricSource;
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
}

export type Samples = Readonly<Record<string, Sample[]>>;

/** What was sampled in one window of time. */
export interface Observation {
  /** By the names of metrics. */
  samples: Samples;
  /** What ended it early: a stop condition, in one line. */
  stopped?: string;
  /** Why there are fewer samples than there should be. */
  problem?: string;
}

/** What is sampled for how long, and what ends that early. */
export interface WatchOrder {
  metrics: readonly ObservedMetric[];
  everyMs: number;
  forMs: number;
  stops: readonly StopCondition[];
}

/** By a worker, on the queue of watches. */
export interface QueryWatchActivities {
  /** Until its time is over, or a stop condition holds. Goes on from its last heartbeat. */
  watchQueries(order: WatchOrder): Promise<Observation>;
}
