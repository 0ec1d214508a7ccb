import { resolveJudge, type JudgeSpec, type WrittenJudge } from './judges.ts';
import type { MetricSource } from './metric-source.ts';

export type MetricKind =
  | { kind: 'error-rate' }
  | { kind: 'success-rate' }
  /** Latency at a quantile between 0 and 1, e.g. 0.99. */
  | { kind: 'latency'; quantile: number }
  /** Bad requests of all, as the metric's own source counts them. */
  | { kind: 'bad-share' }
  /** A number in the unit of its own source. */
  | { kind: 'value' };

export interface MetricSpec {
  /** As written: error-rate, success-rate, p50 … p99.9, or the name of a metric with a source. */
  name: string;
  measure: MetricKind;
  /** Absent: the service's own traffic. */
  source?: MetricSource;
  /** Rates as fractions (0.01), latencies in milliseconds. At least one of max and min, but for mannWhitney. */
  max?: number;
  min?: number;
  /** Longest time between two measurements. Absent: the analysis' own. */
  intervalMs?: number;
  /** Absent: the analysis' own. */
  judge?: JudgeSpec;
  /** It is judged and reported, and decides nothing. */
  dryRun?: true;
}

export type WrittenMetric = Omit<MetricSpec, 'judge'> & { judge?: WrittenJudge };

/** What is measured where a spec names no metrics. */
export const defaultMetrics: WrittenMetric[] = [
  { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
  { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 5_000 },
];

const usualAlpha = 0.01;

/** What cannot be counted in bad requests, where no judge is named for it. */
const forValues = {
  judge: { mode: 'threshold', count: 5, failureLimit: 2, minRequests: 1 },
  intervalMs: 60_000,
} as const;

/** The metric with its judge, where that is another than the analysis' own. */
export function resolveMetric(written: WrittenMetric, analysis: JudgeSpec): MetricSpec {
  const { judge, ...metric } = written;
  if (judge !== undefined) {
    const alpha = 'alpha' in analysis ? analysis.alpha : usualAlpha;
    const interval = judge.judge === 'sequential' ? {} : { intervalMs: forValues.intervalMs };
    const resolved = resolveJudge(judge.judge === 'threshold' ? judge : { ...judge, alpha });
    return { ...interval, ...metric, judge: resolved };
  }
  if (analysis.mode !== 'sequential' || isCounted(metric)) return metric;
  return { ...forValues, ...metric };
}

/** Whether each request is good or bad by it. */
export function isCounted({
  measure,
  max,
  min,
}: Pick<MetricSpec, 'measure' | 'max' | 'min'>): boolean {
  switch (measure.kind) {
    case 'success-rate':
      return min !== undefined && max === undefined;
    case 'error-rate':
    case 'latency':
    case 'bad-share':
      return max !== undefined && min === undefined;
    case 'value':
      return false;
  }
}
