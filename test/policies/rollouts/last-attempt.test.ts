import { describe, expect, it } from 'vitest';
import { isLastAttempt, retryDelayMs } from '../../../src/policies/rollouts/last-attempt.ts';

const times = { initialMs: 1000, factor: 2, maximumMs: 10_000 };

describe('the wait after an attempt', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [5, 10_000],
    [5000, 10_000],
  ])('after attempt %i is %i ms', (attempt, ms) => {
    expect(retryDelayMs(times, attempt)).toBe(ms);
  });
});

describe('an attempt', () => {
  it.each([
    ['another one fits well', 1, 10_000, false],
    ['the next one would come after the budget', 5, 55_000, true],
    ['the budget is over already', 1, 61_000, true],
  ])('when %s', (_title, attempt, nowMs, isLast) => {
    const budget = { startedAtMs: 0, budgetMs: 60_000, nowMs };
    expect(isLastAttempt(times, attempt, budget)).toBe(isLast);
  });
});
