import { expect, test } from 'vitest';
import { createRequestLimiter } from '../../../src/adapters/kubernetes-api/request-limiter.ts';

const patient = Infinity;

test('after a quiet time a burst goes out at once, the rest at the rate', () => {
  const take = createRequestLimiter({ qps: 50, burst: 3 });
  const waits = [1, 2, 3, 4, 5, 6].map(() => take(1_000, patient));
  expect(waits).toEqual([0, 0, 0, 20, 40, 60]);
});

test('who comes first has the first turn, whenever the others come', () => {
  const take = createRequestLimiter({ qps: 10, burst: 1 });
  const turns = [0, 5, 30, 90].map((nowMs) => nowMs + (take(nowMs, patient) ?? NaN));
  expect(turns).toEqual([0, 100, 200, 300]);
});

test('a long silence earns one burst, not more', () => {
  const take = createRequestLimiter({ qps: 10, burst: 2 });
  take(0, patient);
  const waits = [1, 2, 3].map(() => take(60_000, patient));
  expect(waits).toEqual([0, 0, 100]);
});

test('the rate holds over a long run', () => {
  const take = createRequestLimiter({ qps: 50, burst: 100 });
  let last = 0;
  for (let request = 0; request < 600; request++) last = take(0, patient) ?? NaN;
  expect(last).toBe(10_000);
});

test('who would wait too long is told so, and takes no turn', () => {
  const take = createRequestLimiter({ qps: 1, burst: 1 });
  take(0, patient);
  expect(take(0, 500)).toBeUndefined();
  expect(take(0, 1_000)).toBe(1_000);
});
