import { expect, it } from 'vitest';
import { quantilesOf } from '../../bench/measures/quantiles.ts';

it('gives measured values as quantiles, in any order', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantilesOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
});

it('gives the largest value as the p99 of few', () => {
  expect(quantilesOf([3, 1, 2])).toEqual({ count: 3, p50: 2, p99: 3, max: 3 });
});
