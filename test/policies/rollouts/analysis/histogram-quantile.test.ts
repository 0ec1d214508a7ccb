import { describe, expect, it } from 'vitest';
import { histogramQuantile } from '../../../../src/policies/rollouts/analysis/histogram-quantile.ts';

describe('a latency quantile', () => {
  const boundsMs = [10, 50, 100, null];

  // Prometheus: start + (end - start) * (rank - below) / inBucket, rank = quantile * total.
  it.each([
    ['the median in the first bucket counts from 0', [100, 100, 100, 100], 0.5, 5],
    ['the median in the middle of the second bucket', [40, 60, 100, 100], 0.5, 30],
    ['p90 in the third bucket', [40, 60, 100, 100], 0.9, 87.5],
    ['p99 at a bucket boundary', [0, 99, 99, 100], 0.99, 50],
    ['empty buckets in between are passed over', [50, 50, 100, 100], 0.75, 75],
    ['one single request', [0, 1, 1, 1], 0.99, 49.6],
    ['p100 is the upper bound of the last bucket that has requests', [10, 20, 20, 20], 1, 50],
  ])('%s', (_title, counts, quantile, ms) => {
    const found = histogramQuantile({ boundsMs, counts }, quantile);
    expect(found?.isAtLeast).toBe(false);
    expect(found?.ms).toBeCloseTo(ms, 9);
  });

  it('beyond the last bound is known only as at least that bound', () => {
    const found = histogramQuantile({ boundsMs, counts: [0, 0, 98, 100] }, 0.99);
    expect(found).toEqual({ ms: 100, isAtLeast: true });
  });

  it.each([
    ['without requests', { boundsMs, counts: [0, 0, 0, 0] }],
    ['without buckets', { boundsMs: [], counts: [] }],
    ['with nothing but the unbounded bucket', { boundsMs: [null], counts: [10] }],
    ['with counts that are no numbers', { boundsMs, counts: [NaN, NaN, NaN, NaN] }],
  ])('does not exist %s', (_title, histogram) => {
    expect(histogramQuantile(histogram, 0.99)).toBeUndefined();
  });
});
