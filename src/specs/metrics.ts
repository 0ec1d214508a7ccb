import { z } from 'zod';
import { isMapping } from './finding.ts';
import { refusal } from './given.ts';
import { offerKnown } from './known-keys.ts';
import { duration, flag, mapping, number, share, wholeNumber } from './written.ts';

/** What the watch of a hold measures and when it trips. */
export type AnalysisSpec = { mode: 'none' } | ThresholdAnalysis | SequentialAnalysis;

interface MeasuredAnalysis {
  metrics: MetricSpec[];
  /** Longest time between two measurements; the actual one is min(this, hold / 5). */
  intervalMs: number;
  /** More errors in a row than this (the source did not answer) make the hold inconclusive. */
  consecutiveErrorLimit: number;
}

/** Holds each interval against the metrics' bounds, and counts the intervals. */
export interface ThresholdAnalysis extends MeasuredAnalysis {
  mode: 'threshold';
  /** A hold passes only with at least this many measurements that had data. */
  count: number;
  /** More failed measurements of one metric than this fail the hold. */
  failureLimit: number;
  /** Fewer requests to the new release than this in an interval is no data. */
  minRequests: number;
}

/** Holds the bad requests of the canary against stable's, and decides as soon as they tell. */
export interface SequentialAnalysis extends MeasuredAnalysis {
  mode: 'sequential';
  /** Highest probability with which one rollout rejects a release that is no worse: all metrics and holds. */
  alpha: number;
  /** The canary may be so many times as bad as stable. */
  tolerance: number;
  /** A hold passes if it would have found out a canary so many times worse than it may be ... */
  effect: number;
  /** ... with this probability. */
  power: number;
  /** Bad requests of one interval count as one: for errors that come in bursts. */
  bursts: boolean;
}

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

const consecutiveErrorLimit = (most: number) =>
  wholeNumber(0, 10_000)
    .prefault(most)
    .describe(`Errors in a row of the source of metrics that are forgiven. Default: ${most}.`);

const limits = {
  count: wholeNumber(1, 10_000)
    .prefault(5)
    .describe('Measurements with data that a hold needs to pass. Default: 5.'),
  failureLimit: wholeNumber(0, 10_000)
    .prefault(2)
    .describe('Failed measurements of one metric that are forgiven in a hold. Default: 2.'),
  consecutiveErrorLimit: consecutiveErrorLimit(4),
  minRequests: wholeNumber(1, 1_000_000)
    .prefault(1)
    .describe('Requests to the new release that an interval needs to count as data. Default: 1.'),
};

const notThreshold = 'only for judge: threshold; leave it out';
const notSequential = 'only for judge: sequential; leave it out, or write judge: sequential';

const sequentialSchema = mapping(
  {
    judge: z
      .literal('sequential')
      .describe('Counts bad requests of both tracks, and decides as soon as they tell.'),
    interval: duration(100)
      .prefault('2s')
      .describe(
        'Longest time between two measurements; a fifth of the hold if shorter. Default: 2s.',
      ),
    consecutiveErrorLimit: consecutiveErrorLimit(14),
    alpha: share('0.01% to 10%', 0.0001, 0.1)
      .prefault('1%')
      .describe(
        'Highest probability with which a rollout rejects a release that is no worse, 0.01% to 10%. Default: 1%.',
      ),
    tolerance: number(1, 100)
      .prefault(1)
      .describe('How many times as bad as stable the canary may be. Default: 1.'),
    effect: number(1.5, 100)
      .prefault(5)
      .describe(
        'A hold passes only where a canary so many times worse than it may be would have been found out. Default: 5.',
      ),
    power: share('50% to 99.9%', 0.5, 0.999)
      .prefault('80%')
      .describe('With what probability it would have been, 50% to 99.9%. Default: 80%.'),
    bursts: flag()
      .prefault(false)
      .describe(
        'Whether the bad requests of one interval count as one, for errors that come in bursts. Default: false.',
      ),
  },
  Object.fromEntries(['count', 'failureLimit', 'minRequests'].map((key) => [key, notThreshold])),
);

function thresholdSchema(defaultInterval: string) {
  return mapping(
    {
      judge: z
        .literal('threshold')
        .prefault('threshold')
        .describe('Holds every interval against the bounds, and counts those that fail.'),
      interval: duration(100)
        .prefault(defaultInterval)
        .describe(
          `Longest time between measurements; a fifth of the hold if shorter. Default: ${defaultInterval}.`,
        ),
      ...limits,
    },
    Object.fromEntries(
      ['alpha', 'tolerance', 'effect', 'power', 'bursts'].map((key) => [key, notSequential]),
    ),
  );
}

const judges = ['threshold', 'sequential'] as const;

/** How metrics are judged, with this as the longest time between two thresholds' measurements unless one is written. */
export function analysisSchema(defaultInterval: string) {
  return z
    .union(
      [
        z.literal('none'),
        z.discriminatedUnion('judge', [thresholdSchema(defaultInterval), sequentialSchema], {
          error: refuseAnalysis,
        }),
      ],
      { error: refuseAnalysis },
    )
    .prefault({})
    .describe('How metrics are judged; none: holds pass by time alone.');
}

function refuseAnalysis({ input }: { input?: unknown }): string {
  const judge = isMapping(input) ? input['judge'] : undefined;
  return judge === undefined
    ? refusal('write none, or a mapping such as { interval: 1m, count: 5 }')({ input })
    : refusal(offerKnown(judge, judges, 'judges that exist'))({ input: judge });
}

export function resolveAnalysis(
  analysis: z.output<ReturnType<typeof analysisSchema>>,
  metrics: MetricSpec[] = defaultMetrics,
): AnalysisSpec {
  if (analysis === 'none') return { mode: 'none' };
  const { judge: mode, interval: intervalMs, ...judged } = analysis;
  return { mode, metrics, intervalMs, ...judged } as AnalysisSpec;
}
