import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { LatencyHistogram, TrackCounters } from '../../../contracts/rollouts/traffic.ts';
import type { PrometheusSeries } from '../client/answer.ts';
import { showSeries } from './name-series.ts';

/** The sum of the newest samples. Throws SourceError if one is not a number. */
export function sumOfNewest(all: readonly PrometheusSeries[]): number {
  return all.reduce((sum, series) => sum + newestOf(series), 0);
}

/** The newest sample of a counter. Throws SourceError if it is not a number. */
export function newestOf(series: PrometheusSeries): number {
  const value = series.samples.at(-1)?.value ?? 0;
  if (Number.isFinite(value)) return value;
  throw new SourceError(`the counter ${showSeries(series)} is ${value}`);
}

/** Series of requests that were answered with a 5xx. Throws SourceError if a series has no status code. */
export function withServerError(
  all: readonly PrometheusSeries[],
  codeLabels: readonly string[],
): readonly PrometheusSeries[] {
  return all.filter((series) => {
    const code = codeLabels.flatMap((label) => series.labels[label] ?? [])[0];
    if (code !== undefined) return code.startsWith('5');
    throw new SourceError(
      `${showSeries(series)} has none of the labels ${codeLabels.join(', ')}, so errors cannot be recognized`,
    );
  });
}

/** One target's histogram; `unitMs`: the unit of its `le` in milliseconds. */
export function toHistogram(
  buckets: readonly PrometheusSeries[],
  unitMs: number,
): LatencyHistogram {
  const byBound = new Map<number, number>();
  for (const series of buckets) {
    const { le } = series.labels;
    const bound = le === '+Inf' ? Infinity : Number(le) * unitMs;
    if (Number.isNaN(bound)) throw new SourceError(`${showSeries(series)} has no bound as its le`);
    byBound.set(bound, (byBound.get(bound) ?? 0) + newestOf(series));
  }
  const bounds = [...byBound.keys()].sort((a, b) => a - b);
  return {
    boundsMs: bounds.map((bound) => (bound === Infinity ? null : bound)),
    counts: bounds.map((bound) => byBound.get(bound) ?? 0),
  };
}

export const nothingCounted: TrackCounters = {
  requests: 0,
  errors: 0,
  latency: { boundsMs: [], counts: [] },
};
