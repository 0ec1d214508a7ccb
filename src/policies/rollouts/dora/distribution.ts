import type { Distribution } from '../../../contracts/rollouts/delivery.ts';

/** Percentiles by nearest rank (the smallest value that at least this share of them does not exceed). */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  const [medianMs, p90Ms] = [at(0.5), at(0.9)];
  if (medianMs === undefined || p90Ms === undefined) return { n: 0 };
  return { n: sorted.length, medianMs, p90Ms };
}
