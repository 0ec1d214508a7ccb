import { z } from 'zod';
import { refusal } from './given.ts';
import { duration, mapping, wholeNumber } from './written.ts';

/** What the watch of a hold measures and when it trips. */
export type AnalysisSpec =
  | { mode: 'none' }
  | {
      mode: 'threshold';
      metrics: MetricSpec[];
      /** Longest time between two measurements; the actual one is min(this, hold / 5). */
      intervalMs: number;
      /** A hold passes only with at least this many measurements that had data. */
      count: number;
      /** More failed measurements of one metric than this fail the hold. */
      failureLimit: number;
      /** More errors in a row than this (the source did not answer) make the hold inconclusive. */
      consecutiveErrorLimit: number;
      /** Fewer requests to the new release than this in an interval is no data. */
      minRequests: number;
    };

export type MetricKind =
  | { kind: 'error-rate' }
  | { kind: 'success-rate' }
  /** Latency at a quantile between 0 and 1, e.g. 0.99. */
  | { kind: 'latency'; quantile: number };

export interface MetricSpec {
  /** As written: error-rate, success-rate, p50 … p99.9 */
  name: string;
  measure: MetricKind;
  /** Rates as fractions (0.01), latencies in milliseconds. At least one of max and min. */
  max?: number;
  min?: number;
}

/** What is measured where a spec names no metrics. */
const defaultMetrics: MetricSpec[] = [
  { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
  { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 5_000 },
];

const limits = {
  count: wholeNumber(1, 10_000)
    .prefault(5)
    .describe('Measurements with data that a hold needs to pass. Default: 5.'),
  failureLimit: wholeNumber(0, 10_000)
    .prefault(2)
    .describe('Failed measurements of one metric that are forgiven in a hold. Default: 2.'),
  consecutiveErrorLimit: wholeNumber(0, 10_000)
    .prefault(4)
    .describe('Errors in a row of the source of metrics that are forgiven. Default: 4.'),
  minRequests: wholeNumber(1, 1_000_000)
    .prefault(1)
    .describe('Requests to the new release that an interval needs to count as data. Default: 1.'),
};

/** How metrics are judged, with this as the longest time between measurements unless one is written. */
export function analysisSchema(defaultInterval: string) {
  const thresholds = mapping({
    interval: duration(100)
      .prefault(defaultInterval)
      .describe(
        `Longest time between measurements; a fifth of the hold if shorter. Default: ${defaultInterval}.`,
      ),
    ...limits,
  });
  return z
    .union([z.literal('none'), thresholds], {
      error: refusal('write none, or a mapping such as { interval: 1m, count: 5 }'),
    })
    .prefault({})
    .describe('How metrics are judged; none: holds pass by time alone.');
}

export function resolveAnalysis(
  analysis: z.output<ReturnType<typeof analysisSchema>>,
  metrics: MetricSpec[] = defaultMetrics,
): AnalysisSpec {
  if (analysis === 'none') return { mode: 'none' };
  const { interval, ...judged } = analysis;
  return { mode: 'threshold', metrics, intervalMs: interval, ...judged };
}
