import type { Track, TrackCounters, TrafficSnapshot } from '../../contracts/traffic.ts';
import type { Measurement } from '../../contracts/verdict.ts';
import type { MetricSpec } from '../../specs/metrics.ts';
import { describeBound, formatMetricValue } from './describe-metric.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { trafficBetween } from './traffic-difference.ts';

export interface IntervalReading {
  measurements: Measurement[];
  requests: number;
  errors: number;
}

/** Judges every metric over one track's traffic between two snapshots. */
export function measureInterval(
  track: Track,
  metrics: MetricSpec[],
  minRequests: number,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): IntervalReading {
  const difference = trafficBetween(track, before, after);
  if (!difference.known) {
    return {
      requests: 0,
      errors: 0,
      measurements: withoutData(metrics, after, 0, difference.reason),
    };
  }
  const { counters } = difference;
  const { requests, errors } = counters;
  if (requests < minRequests) {
    const reason =
      requests === 0
        ? `the ${track} received no requests`
        : `the ${track} received ${requests} requests, fewer than the ${minRequests} asked for`;
    return { requests, errors, measurements: withoutData(metrics, after, requests, reason) };
  }
  const measurements = metrics.map((metric) => judgeMetric(metric, counters, after.takenAtMs));
  return { requests, errors, measurements };
}

function judgeMetric(metric: MetricSpec, counters: TrackCounters, atMs: number): Measurement {
  const measured = { metric: metric.name, atMs, requests: counters.requests };
  const found = valueOf(metric, counters);
  if (found === undefined || !Number.isFinite(found.value)) {
    const reason = 'the source has no value for this metric';
    return { ...measured, result: 'inconclusive', reason };
  }
  const { value } = found;
  switch (compare(found, metric)) {
    case 'within':
      return { ...measured, value, result: 'pass' };
    case 'outside': {
      const reason = `${formatMetricValue(metric, value)} is outside ${describeBound(metric)}`;
      return { ...measured, value, result: 'fail', reason };
    }
    case 'unknown': {
      const reason = `the source tells latencies only up to ${formatMetricValue(metric, value)}, and the bound is ${describeBound(metric)}`;
      return { ...measured, result: 'inconclusive', reason };
    }
  }
}

interface FoundValue {
  value: number;
  /** The true value is higher than `value`, by how much is not known. */
  isAtLeast: boolean;
}

function compare(
  { value, isAtLeast }: FoundValue,
  { min, max }: MetricSpec,
): 'within' | 'outside' | 'unknown' {
  if (max !== undefined && (value > max || (isAtLeast && value === max))) return 'outside';
  const isBelow = min !== undefined && value < min;
  if (isAtLeast && (isBelow || max !== undefined)) return 'unknown';
  return isBelow ? 'outside' : 'within';
}

function valueOf({ measure }: MetricSpec, counters: TrackCounters): FoundValue | undefined {
  const { requests, errors, latency } = counters;
  switch (measure.kind) {
    case 'error-rate':
      return { value: errors / requests, isAtLeast: false };
    case 'success-rate':
      return { value: (requests - errors) / requests, isAtLeast: false };
    case 'latency': {
      const found = histogramQuantile(latency, measure.quantile);
      return found && { value: found.ms, isAtLeast: found.isAtLeast };
    }
  }
}

function withoutData(
  metrics: MetricSpec[],
  after: TrafficSnapshot,
  requests: number,
  reason: string,
): Measurement[] {
  return metrics.map(({ name }) => ({
    metric: name,
    atMs: after.takenAtMs,
    requests,
    result: 'inconclusive',
    reason,
  }));
}
