import type { Sample } from '../../contracts/chaos/observation.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { MeasuredAs, MetricSource } from '../../specs/chaos/metric.ts';

/** A request that has been waited for so long counts as failed where no other was answered. */
const lateMs = 1_000;

/** Samples that say something. */
export function countAnswers(samples: readonly Sample[]): number {
  return samples.filter(({ value, failed }) => value !== undefined || failed).length;
}

/** The one value of these samples; undefined where they say nothing. Of a query, the median. */
export function measure(source: MetricSource, samples: readonly Sample[]): number | undefined {
  switch (source.of) {
    case 'errors':
      return shareOfErrors(samples);
    case 'latency':
      return percentileOf(valuesOf(samples), source.percentile);
    case 'query':
      return percentileOf(valuesOf(samples), 50);
  }
}

/** The highest and the lowest that a limit has to bear: of a query every sample, else the one value. */
export function extremes(
  source: MetricSource,
  samples: readonly Sample[],
): { highest: number; lowest: number } | undefined {
  if (source.of === 'query') {
    const values = valuesOf(samples);
    if (values.length === 0) return undefined;
    return { highest: Math.max(...values), lowest: Math.min(...values) };
  }
  const value = measure(source, samples);
  return value === undefined ? undefined : { highest: value, lowest: value };
}

/** For people, in the unit of what is measured. */
export function showValue(of: MeasuredAs, value: number): string {
  switch (of) {
    case 'errors':
      return `${Number((value * 100).toFixed(1))}%`;
    case 'latency':
      return value < 1 ? '0ms' : formatDuration(value);
    case 'query':
      return String(Number(value.toPrecision(6)));
  }
}

function shareOfErrors(samples: readonly Sample[]): number | undefined {
  const answered = samples.filter(({ unanswered }) => !unanswered);
  const late = samples.filter(({ unanswered, value = 0 }) => unanswered && value >= lateMs);
  const counted = answered.length > 0 ? answered : late;
  if (counted.length === 0) return undefined;
  const failed = counted.filter((sample) => sample.failed ?? sample.unanswered);
  return failed.length / counted.length;
}

function valuesOf(samples: readonly Sample[]): number[] {
  return samples.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

/** By nearest rank. */
function percentileOf(values: readonly number[], percentile: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)];
}
