import { expect, test } from 'vitest';
import {
  isPassing,
  planRetry,
  readRetryAfter,
} from '../../../src/adapters/kubernetes-api/retry.ts';

const budget = { attempts: 4, budgetMs: 15_000 };
const middle = { elapsedMs: 0, random: 0.5 };

test('waits longer before every further attempt, and gives up after the last', () => {
  const waits = [1, 2, 3, 4].map((attempt) => planRetry(budget, { ...middle, attempt }));
  expect(waits).toEqual([200, 400, 800, undefined]);
});

test('does not come back before the server said', () => {
  expect(planRetry(budget, { ...middle, attempt: 1, retryAfterMs: 3_000 })).toBe(3_000);
  expect(planRetry(budget, { ...middle, attempt: 1, retryAfterMs: 1 })).toBe(200);
});

test('gives up at once where the server asks for more time than there is', () => {
  expect(planRetry(budget, { ...middle, attempt: 1, retryAfterMs: 60_000 })).toBeUndefined();
  const late = { attempt: 2, elapsedMs: 14_900, random: 0.5 };
  expect(planRetry(budget, late)).toBeUndefined();
});

test('spreads those who failed together', () => {
  const at = (random: number) => planRetry(budget, { attempt: 1, elapsedMs: 0, random });
  expect([at(0), at(1)]).toEqual([100, 300]);
});

test.each([
  ['2', 2_000],
  ['0', 0],
  [undefined, undefined],
  ['', undefined],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['-1', undefined],
])('reads Retry-After %j', (header, expected) => {
  expect(readRetryAfter(header)).toBe(expected);
});

test('only a busy, restarting or broken server is asked again', () => {
  const passing = [400, 401, 403, 404, 408, 409, 410, 422, 429, 500, 502, 503, 504];
  expect(passing.filter(isPassing)).toEqual([408, 429, 500, 502, 503, 504]);
});
