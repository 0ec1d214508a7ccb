import type { Sample } from '../../contracts/chaos/observation.ts';
import type { Counts } from '../../contracts/kernel/counted-evidence.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { MeasuredAs, MetricSource } from '../../specs/chaos/metric.ts';
import { isTrackSource } from '../../specs/chaos/track-source.ts';
import { badRate } from '../kernel/sequential/counts.ts';
import { countedBetween } from './tracks/counted.ts';

/** A pending request that is younger than this has not failed. */
const lateMs = 1_000;

/** What the samples of one metric are, for a judgement. */
export interface Measured {
  /** The one value of them; undefined where they say nothing. Of a query, the median. */
  value: number | undefined;
  /** How many samples the value is made of. */
  from: number;
  /** Samples that say something; pending requests among them. */
  sampled: number;
  /** Of those, how many no answer would change any more. */
  settled: number;
  failed: number;
}

/**
 * A pending request has failed once it is older than a second and than every request that passed; until
 * then it says nothing of errors. Latency is that of requests that passed or are pending: how quickly
 * one failed is no latency.
 */
export function measure(source: MetricSource, samples: readonly Sample[]): Measured {
  if (isTrackSource(source)) return measureTracks(samples);
  const pending = samples.filter(({ unanswered }) => unanswered);
  const answered = samples.filter(({ unanswered }) => !unanswered);
  const refused = answered.filter(({ failed }) => failed);
  const passed = answered.filter(({ failed, value }) => !failed && value !== undefined);
  const failed = refused.length;
  if (source.of === 'query') {
    const [from, value] = [passed.length, percentileOf(valuesOf(passed), 50)];
    return { value, from, sampled: from, settled: from, failed };
  }
  const sampled = passed.length + pending.length;
  if (source.of === 'latency') {
    const value = percentileOf(valuesOf([...passed, ...pending]), source.percentile);
    return { value, from: sampled, sampled, settled: passed.length, failed };
  }
  const slowest = Math.max(0, ...valuesOf(passed));
  const late = pending.filter(({ value = 0 }) => value >= lateMs && value > slowest).length;
  const from = passed.length + failed + late;
  const value = from === 0 ? undefined : (failed + late) / from;
  return { value, from, sampled: sampled + failed, settled: from, failed: failed + late };
}

/** The share of the requests of the experiment that were bad between the first and the last sample. */
function measureTracks(samples: readonly Sample[]): Measured {
  const { readings, counts } = countedBetween(samples);
  const { canary: experiment } = counts;
  return {
    ...{ value: shareOf(experiment), from: experiment.total },
    ...{ sampled: readings, settled: readings, failed: 0 },
  };
}

/** The same share of the control; undefined where it got no requests. */
export function measureControl(samples: readonly Sample[]): number | undefined {
  return shareOf(countedBetween(samples).counts.stable);
}

function shareOf(counts: Counts): number | undefined {
  return counts.total === 0 ? undefined : badRate(counts);
}

/** How long the slowest query took that was answered; of probes, nothing. */
export function slowestAnswerMs(samples: readonly Sample[]): number {
  return Math.max(0, ...samples.map(({ tookMs = 0 }) => tookMs));
}

/** The highest and the lowest that a limit has to bear: of a query every sample, else the one value. */
export function extremes(
  source: MetricSource,
  samples: readonly Sample[],
): { highest: number; lowest: number } | undefined {
  if (source.of === 'query') {
    const values = valuesOf(samples.filter(({ unanswered }) => !unanswered));
    if (values.length === 0) return undefined;
    return { highest: Math.max(...values), lowest: Math.min(...values) };
  }
  const { value } = measure(source, samples);
  return value === undefined ? undefined : { highest: value, lowest: value };
}

/** For people, in the unit of what is measured. */
export function showValue(of: MeasuredAs, value: number): string {
  switch (of) {
    case 'errors':
    case 'failed':
    case 'slow':
      return `${Number((value * 100).toFixed(1))}%`;
    case 'latency':
      return value < 1 ? '0ms' : formatDuration(value);
    case 'query':
      return String(Number(value.toPrecision(6)));
  }
}

function valuesOf(samples: readonly Sample[]): number[] {
  return samples.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

/** By nearest rank. */
function percentileOf(values: readonly number[], percentile: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)];
}
