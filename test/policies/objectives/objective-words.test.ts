import { describe, expect, it } from 'vitest';
import {
  showBudgetLeft,
  showLeft,
  showValue,
} from '../../../src/policies/objectives/objective-words.ts';

it('a throughput never reads as its target where it is not there', () => {
  expect(showValue({ indicator: 'throughput' }, 999.96)).toBe('999.9 requests/s');
  expect(showValue({ indicator: 'throughput', comparison: 'atMost' }, 1_000.04)).toBe(
    '1001 requests/s',
  );
  expect(showValue({ indicator: 'throughput' }, 1_200)).toBe('1200 requests/s');
  expect(showValue({ indicator: 'throughput' }, 0)).toBe('0 requests/s');
});

describe('a share in words', () => {
  it.each([
    [0.9995, '99.95%'],
    [1, '100%'],
    [0, '0%'],
    [0.9999996, '99.99996%'],
    [1 - 1e-9, '99.9999999%'],
    [0.99899999, '99.8999%'],
  ])('of %d that has to be high is %s: what is not whole never reads as whole', (value, shown) => {
    expect(showValue({ indicator: 'availability' }, value)).toBe(shown);
  });

  it.each([
    [0.001, '0.1%'],
    [0, '0%'],
    [0.0000004, '0.00004%'],
    [0.00100001, '0.1001%'],
  ])('of %d that fails is %s: what fails never reads as nothing', (value, shown) => {
    expect(showValue({ indicator: 'errorRate' }, value)).toBe(shown);
  });
});

it.each([
  [0.7, '70%'],
  [-0.0004, '-0.04%'],
  [-1.5, '-150%'],
  [0.9996, '99.96%'],
  [0.0004, '0.04%'],
  [0, '0%'],
  [-3.714, '-371.4%'],
])('a budget of which %d is left shows %s', (remaining, shown) => {
  expect(showLeft(remaining)).toBe(shown);
});

it('what is left of a budget is unknown where nothing was measured', () => {
  expect(showBudgetLeft(1, 0)).toBe('unknown');
  expect(showBudgetLeft(1, 0.2)).toBe('100%');
});
