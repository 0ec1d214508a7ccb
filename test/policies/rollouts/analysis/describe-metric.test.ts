import { describe, expect, it } from 'vitest';
import {
  describeBound,
  formatMetricValue,
} from '../../../../src/policies/rollouts/analysis/describe-metric.ts';

const rate = { name: 'error-rate', measure: { kind: 'error-rate' as const } };
const latency = { name: 'p99', measure: { kind: 'latency' as const, quantile: 0.99 } };

describe('a measured value in words', () => {
  it.each([
    [rate, 0, '0 %'],
    [rate, 0.0042, '0.42 %'],
    [rate, 0.015, '1.5 %'],
    [rate, 1, '100 %'],
    [latency, 0.42, '0.4 ms'],
    [latency, 9.96, '10 ms'],
    [latency, 12.4, '12 ms'],
    [latency, 5000, '5000 ms'],
  ])('%o of %d reads %s', (metric, value, text) => {
    expect(formatMetricValue(metric, value)).toBe(text);
  });
});

describe('a bound in words', () => {
  it.each([
    [{ ...rate, max: 0.01 }, 'at most 1 %'],
    [{ ...rate, min: 0.99 }, 'at least 99 %'],
    [{ ...latency, min: 1, max: 500 }, 'between 1 ms and 500 ms'],
  ])('%o reads %s', (metric, text) => {
    expect(describeBound(metric)).toBe(text);
  });
});
