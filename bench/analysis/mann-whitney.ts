/**
 * How likely it is that values of `sample` are as much higher than those of `reference` by chance:
 * Mann and Whitney's U with the normal approximation, corrected for ties and continuity.
 */
export function mannWhitneyGreater(sample: number[], reference: number[]): number {
  const [n, m] = [sample.length, reference.length];
  const all = [...sample, ...reference].sort((a, b) => a - b);
  const rankOf = (value: number) => (all.indexOf(value) + all.lastIndexOf(value)) / 2 + 1;
  const u = sample.reduce((sum, value) => sum + rankOf(value), 0) - (n * (n + 1)) / 2;
  const sizes = [...new Set(all)].map((value) => all.lastIndexOf(value) - all.indexOf(value) + 1);
  const ties = sizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1;
  return upperTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** Of the standard normal distribution (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((rest, factor) => t * (factor + rest), 0);
  return (Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
