import { describe, expect, it } from 'vitest';
import { axisTicks, valueRange } from '../../../../src/render/kernel/chart/value-range.ts';
import { formatMeasured } from '../../../../src/render/rollouts/measured.ts';

const labels = (metric: string, values: number[], bounds = {}) => {
  const format = (value: number) => formatMeasured(metric, value);
  return axisTicks(valueRange(values, bounds), format).map(format);
};

describe('the axis of a metric', () => {
  it.each([
    ['begins at 0 and holds the bound', 'error-rate', [0.002], { max: 0.01 }, '0 %', '1 %'],
    ['has room for what broke the bound', 'error-rate', [0.31], { max: 0.01 }, '0 %', '40 %'],
    ['reads latencies as durations', 'p99', [40, 180], { max: 250 }, '0s', '250ms'],
    ['grows to seconds', 'p99', [3200], { max: 500 }, '0s', '4s'],
    [
      'shows the last percent of a success rate',
      'success-rate',
      [1],
      { min: 0.99 },
      '99 %',
      '100 %',
    ],
    ['is there where nothing ever failed', 'error-rate', [0], {}, '0 %', '100 %'],
  ])('%s', (_title, metric, values, bounds, first, last) => {
    const all = labels(metric, values, bounds);
    expect([all[0], all.at(-1)]).toEqual([first, last]);
  });

  it('never reads the same twice, however small the values', () => {
    for (const value of [0.1, 0.7, 1.3, 2.9, 7]) {
      const all = labels('p50', [value]);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('has few ticks for any range', () => {
    for (let high = 1e-6; high < 1e9; high *= 1.7) {
      const { length } = labels('error-rate', [high]);
      expect(length).toBeGreaterThanOrEqual(2);
      expect(length).toBeLessThanOrEqual(6);
    }
  });
});
