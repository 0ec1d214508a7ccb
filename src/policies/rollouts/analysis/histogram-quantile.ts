import type { LatencyHistogram } from '../../../contracts/rollouts/traffic.ts';

export interface LatencyQuantile {
  ms: number;
  /** It lies in the last, unbounded bucket: `ms` is that bucket's lower bound, the true value is higher. */
  isAtLeast: boolean;
}

/**
 * The latency below which a share `quantile` (0 to 1) of the requests stayed, interpolated
 * linearly within its bucket as Prometheus' `histogram_quantile` does. Undefined when the
 * histogram holds no requests or has no bounded bucket.
 */
export function histogramQuantile(
  { boundsMs, counts }: LatencyHistogram,
  quantile: number,
): LatencyQuantile | undefined {
  const rank = quantile * (counts.at(-1) ?? 0);
  if (!(rank > 0)) return undefined;
  const index = counts.findIndex((count) => count >= rank);
  const upper = boundsMs[index];
  const lower = index > 0 ? boundsMs[index - 1] : 0;
  if (upper === undefined || lower === undefined || lower === null) return undefined;
  if (upper === null) return index > 0 ? { ms: lower, isAtLeast: true } : undefined;
  const below = counts[index - 1] ?? 0;
  const inBucket = (counts[index] ?? 0) - below;
  return { ms: lower + ((upper - lower) * (rank - below)) / inBucket, isAtLeast: false };
}
