import type { LatencyHistogram } from '../../contracts/rollouts/traffic.ts';
import type { ExposedSample } from './parse-prometheus.ts';

export function sumOf(samples: ExposedSample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}

/** One source's histogram of seconds, summed over its series, which all have the same bounds. */
export function histogramOf(samples: ExposedSample[], metric: string): LatencyHistogram {
  const byBound = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== `${metric}_bucket`) continue;
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']) * 1_000;
    byBound.set(bound, (byBound.get(bound) ?? 0) + value);
  }
  const bounds = [...byBound.keys()].sort((a, b) => a - b);
  return {
    boundsMs: bounds.map((bound) => (bound === Infinity ? null : bound)),
    counts: bounds.map((bound) => byBound.get(bound) ?? 0),
  };
}
