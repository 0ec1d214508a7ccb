import { expect, test } from 'vitest';
import {
  createRequestLimiter,
  type RequestRate,
} from '../../../src/adapters/kubernetes-api/request-limiter.ts';

/** Pays for a turn at this moment; answers how long it is until then. */
function turnsOf(rate: RequestRate): (nowMs: number) => number {
  const limiter = createRequestLimiter(rate);
  return (nowMs) => {
    const waitMs = limiter.waitMs(nowMs, 0);
    limiter.pay(nowMs);
    return waitMs;
  };
}

test('after a quiet time a burst goes out at once, the rest at the rate', () => {
  const take = turnsOf({ qps: 50, burst: 3 });
  const waits = [1, 2, 3, 4, 5, 6].map(() => take(1_000));
  expect(waits).toEqual([0, 0, 0, 20, 40, 60]);
});

test('who comes first has the first turn, whenever the others come', () => {
  const take = turnsOf({ qps: 10, burst: 1 });
  const turns = [0, 5, 30, 90].map((nowMs) => nowMs + take(nowMs));
  expect(turns).toEqual([0, 100, 200, 300]);
});

test('a long silence earns one burst, not more', () => {
  const take = turnsOf({ qps: 10, burst: 2 });
  take(0);
  const waits = [1, 2, 3].map(() => take(60_000));
  expect(waits).toEqual([0, 0, 100]);
});

test('the rate holds over a long run', () => {
  const take = turnsOf({ qps: 50, burst: 100 });
  let last = 0;
  for (let request = 0; request < 600; request++) last = take(0);
  expect(last).toBe(10_000);
});

test('who comes after others is told to wait for them as well', () => {
  const limiter = createRequestLimiter({ qps: 10, burst: 1 });
  limiter.pay(0);
  expect([0, 1, 5].map((before) => limiter.waitMs(0, before))).toEqual([100, 200, 600]);
});
