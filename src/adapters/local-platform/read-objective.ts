import type {
  Counter,
  CounterReading,
  CounterSeries,
  Series,
} from '../../contracts/objectives/counter-reading.ts';
import { routerMetrics } from '../../contracts/rollouts/local-platform.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import type { ExposedSample } from '../prometheus-text/parse-prometheus.ts';
import { startOf } from './traffic-snapshot.ts';

type Counted = Pick<Objective, 'indicator' | 'belowMs'>;

/**
 * What the router has counted of a service, as an objective counts it. Its series are those of a
 * release on a track, and end with it. Throws where it has no such bucket.
 */
export function countObjective(
  samples: readonly ExposedSample[],
  atMs: number,
  objective: Counted,
): CounterReading {
  const answers = samples.filter(({ name }) => name === routerMetrics.requests);
  const part = partOf(samples, answers, objective);
  const series = { total: byLabels(answers), ...(part && { part }) };
  const sums = { total: sumOf(series.total), part: sumOf(part?.series ?? {}) };
  const router: Counter = {
    ...{ sinceMs: startOf(samples), total: sums.total },
    bad: part?.of === 'good' ? sums.total - sums.part : sums.part,
    series,
  };
  return { atMs, counters: { router } };
}

function partOf(
  samples: readonly ExposedSample[],
  answers: readonly ExposedSample[],
  { indicator, belowMs }: Counted,
): CounterSeries['part'] {
  if (indicator === 'throughput') return undefined;
  if (indicator !== 'latency' || belowMs === undefined) {
    const failed = answers.filter(({ labels }) => labels['code']?.startsWith('5'));
    return { of: 'bad', series: byLabels(failed) };
  }
  const buckets = samples.filter(({ name }) => name === `${routerMetrics.duration}_bucket`);
  const within = buckets.filter(({ labels }) => boundOf(labels['le']) === belowMs);
  if (answers.length === 0 || within.length > 0) return { of: 'good', series: byLabels(within) };
  const bounds = [...new Set(buckets.map(({ labels }) => boundOf(labels['le'])))]
    .filter(Number.isFinite)
    .sort((one, other) => one - other);
  throw new Error(
    `the local platform has no bucket that ends at ${belowMs}ms, but at ${bounds.join(', ')}ms`,
  );
}

function boundOf(le: string | undefined): number {
  return le === undefined || le === '+Inf' ? Infinity : Number(le) * 1_000;
}

function byLabels(samples: readonly ExposedSample[]): Series {
  return Object.fromEntries(
    samples.map(({ labels: { track, version, code = '' }, value }) => [
      `${track} ${version} ${code}`.trim(),
      value,
    ]),
  );
}

function sumOf(series: Series): number {
  return Object.values(series).reduce((sum, value) => sum + value, 0);
}
