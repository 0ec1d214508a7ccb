import type { Sample } from '../../../contracts/rollouts/sample.ts';
import type { Track, TrackCounters } from '../../../contracts/rollouts/traffic.ts';
import type { Measurement } from '../../../contracts/rollouts/verdict.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import { countersAt } from './continue-sample.ts';
import { describeBound, formatMetricValue } from './describe-metric.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { trafficBetween } from './traffic-difference.ts';

export interface MeasureOptions {
  /** The one that is judged. */
  track: Track;
  /** Fewer requests than this in an interval are no data. */
  minRequests: number;
}

/** Holds one metric against its bounds between two looks; undefined where it could not be read. */
export function measureMetric(
  metric: MetricSpec,
  options: MeasureOptions,
  before: Sample,
  after: Sample,
): Measurement | undefined {
  const reading = metric.source && after.readings[metric.name];
  if (reading?.kind === 'nothing') {
    return noData(metric, after.takenAtMs, { requests: 0, reason: reading.reason });
  }
  if (reading?.kind === 'value') {
    const { [options.track]: value, stable } = reading.values;
    return judgeValue(metric, {
      atMs: after.takenAtMs,
      requests: 0,
      found: value === undefined ? undefined : { value, isAtLeast: false },
      ...(options.track === 'canary' && { stable }),
    });
  }
  return measureCounters(metric, options, before, after);
}

function measureCounters(
  metric: MetricSpec,
  { track, minRequests }: MeasureOptions,
  before: Sample,
  after: Sample,
): Measurement | undefined {
  const [then, now] = [countersAt(before, metric), countersAt(after, metric)];
  if (then === undefined || now === undefined) return undefined;
  const atMs = now.takenAtMs;
  const difference = trafficBetween(track, then, now);
  if (!difference.known) return noData(metric, atMs, { requests: 0, reason: difference.reason });
  const { counters } = difference;
  const { requests } = counters;
  if (requests < minRequests) {
    const reason =
      requests === 0
        ? (now.absent?.[track] ?? `the ${track} received no requests`)
        : `the ${track} received ${requests} requests, fewer than the ${minRequests} asked for`;
    return noData(metric, atMs, { requests, reason });
  }
  const beside = track === 'canary' ? trafficBetween('stable', then, now) : undefined;
  const stable =
    beside?.known === true && beside.counters.requests > 0
      ? valueFrom(metric, beside.counters)?.value
      : undefined;
  return judgeValue(metric, { atMs, requests, found: valueFrom(metric, counters), stable });
}

/** A native histogram has a single bucket where it is written in the text format. */
export const noBuckets =
  'the source has no buckets of latencies; let it export a classic histogram, beside a native one';

interface Measured {
  atMs: number;
  requests: number;
  found: FoundValue | undefined;
  stable?: number | undefined;
}

function judgeValue(metric: MetricSpec, { atMs, requests, found, stable }: Measured): Measurement {
  const measured = {
    metric: metric.name,
    atMs,
    requests,
    ...(stable !== undefined && Number.isFinite(stable) && { stable }),
  };
  if (found === undefined || !Number.isFinite(found.value)) {
    const reason =
      metric.measure.kind === 'latency' ? noBuckets : 'the source has no value for this metric';
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

function valueFrom({ measure }: MetricSpec, counters: TrackCounters): FoundValue | undefined {
  const { requests, errors, latency } = counters;
  switch (measure.kind) {
    case 'error-rate':
      return { value: errors / requests, isAtLeast: false };
    case 'success-rate':
      return { value: (requests - errors) / requests, isAtLeast: false };
    case 'bad-share':
      return { value: errors / requests, isAtLeast: false };
    case 'latency': {
      const found = histogramQuantile(latency, measure.quantile);
      return found && { value: found.ms, isAtLeast: found.isAtLeast };
    }
    case 'value':
      return undefined;
  }
}

function noData(
  { name }: MetricSpec,
  atMs: number,
  { requests, reason }: { requests: number; reason: string },
): Measurement {
  return { metric: name, atMs, requests, result: 'inconclusive', reason };
}
