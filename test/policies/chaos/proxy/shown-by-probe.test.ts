import { expect, it } from 'vitest';
import {
  asksOf,
  describeAnswers,
  isShown,
  refuseBefore,
  refuseProbe,
} from '../../../../src/policies/chaos/proxy/shown-by-probe.ts';

const latency = { type: 'latency', delayMs: 200, jitterMs: 50 } as const;
const error = { type: 'error', share: 0.3 } as const;
const partition = { type: 'partition', direction: 'both' } as const;

const answers = (count: number, { ok = true, latencyMs = 3 } = {}) =>
  Array.from({ length: count }, () => ({ ok, latencyMs, detail: ok ? 'answered' : 'reset' }));
const failed = (count: number) => answers(count, { ok: false });

it('a rare fault is asked for so often that a look misses it once in twenty times, and 50 times at most', () => {
  expect(asksOf(latency)).toBe(1);
  expect(asksOf(partition)).toBe(1);
  expect(asksOf({ ...error, share: 1 })).toBe(4);
  expect(asksOf({ ...error, share: 0.5 })).toBe(13);
  expect(asksOf({ ...error, share: 0.15 })).toBe(50);
});

it('an answer shows a delay by its time alone, and a partition by its failure', () => {
  expect(isShown(latency, answers(1, { latencyMs: 150 }))).toBe(true);
  expect(isShown(latency, failed(1))).toBe(false);
  expect(isShown(partition, answers(1, { latencyMs: 900 }))).toBe(false);
  expect(isShown(partition, failed(1))).toBe(true);
});

it('of a delay, half is seen at least, however much it varies', () => {
  const widest = { ...latency, jitterMs: 200 };
  expect(isShown(widest, answers(1, { latencyMs: 99 }))).toBe(false);
  expect(isShown(widest, answers(1, { latencyMs: 100 }))).toBe(true);
});

it('resets of connections are seen by several that fail: a few fail anyway', () => {
  expect(isShown(error, [...answers(20), ...failed(3)])).toBe(false);
  expect(isShown(error, [...answers(20), ...failed(4)])).toBe(true);
  expect(describeAnswers([...answers(20), ...failed(4)])).toBe(
    '4 of 24 requests through the proxy failed; the last: reset, after 3 ms',
  );
});

it('a probe that gives up before a late answer is refused', () => {
  expect(refuseProbe(latency, 'shop', 3_000)).toEqual([]);
  expect(refuseProbe(latency, 'shop', 250)).toEqual([
    'its probe shop waits 250 ms at most, and could not see answers that are 250 ms late: give it more time',
  ]);
});

it('what cannot be seen in the time of one look is refused: answers that are very late, and rare resets', () => {
  expect(refuseProbe({ ...latency, delayMs: 20_000 }, 'shop', 60_000)).toEqual([
    'answers that are 20050 ms late could not be seen, since a look at a fault takes 6s at most: write a shorter delay',
  ]);
  expect(refuseProbe({ ...error, share: 0.15 }, 'shop', 3_000)).toEqual([]);
  expect(refuseProbe({ ...error, share: 0.14 }, 'shop', 3_000)).toEqual([
    'a reset of 14 % of the connections could not be told from chance in 50 requests: write an intensity of at least 0.15',
  ]);
});

it('a probe that meets the same without a fault is refused', () => {
  expect(refuseBefore(latency, 'shop', answers(3, { latencyMs: 149 }))).toEqual([]);
  expect(refuseBefore(latency, 'shop', [...answers(2), ...answers(1, { latencyMs: 150 })])).toEqual(
    [
      'its probe shop takes 150 ms without a fault, and would see the delay by 150 ms: write a longer delay, or less jitter',
    ],
  );
  expect(refuseBefore(partition, 'shop', failed(1))).toEqual([
    'its probe shop does not pass before anything is injected: reset',
  ]);
  expect(refuseBefore(error, 'shop', [...answers(asksOf(error) - 1), ...failed(1)])).toEqual([
    `its probe shop does not pass before anything is injected (1 of ${asksOf(error)}): reset`,
  ]);
});

it('a probe that is too slow for all the requests of a look is refused', () => {
  expect(refuseBefore(error, 'shop', answers(5))).toEqual([
    `its probe shop answered 5 of ${asksOf(error)} requests within 6s: write a larger intensity, or name a quicker probe`,
  ]);
});
