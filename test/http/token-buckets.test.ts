import { expect, test } from 'vitest';
import { TokenBuckets } from '../../src/http/token-buckets.ts';

function bucketsAt(perMinute: number) {
  const clock = { ms: 0 };
  return { clock, buckets: new TokenBuckets(perMinute, () => clock.ms) };
}

test('a minute is taken at once, and then it is told how long to wait', () => {
  const { buckets } = bucketsAt(60);
  const waits = Array.from({ length: 61 }, () => buckets.take('a'));
  expect(waits.slice(0, 60).every((wait) => wait === 0)).toBe(true);
  expect(waits[60]).toBe(1000);
});

test('one more is taken after as long as was told', () => {
  const { buckets, clock } = bucketsAt(60);
  for (let i = 0; i < 60; i++) buckets.take('a');
  clock.ms += buckets.take('a');
  expect(buckets.take('a')).toBe(0);
  expect(buckets.take('a')).toBe(1000);
});

test('whoever floods us takes nothing from others', () => {
  const { buckets } = bucketsAt(1);
  expect([buckets.take('a'), buckets.take('b')]).toEqual([0, 0]);
  expect(buckets.take('a')).toBeGreaterThan(0);
});

test('a clock that goes back gives nothing away', () => {
  const { buckets, clock } = bucketsAt(1);
  buckets.take('a');
  clock.ms = -120_000;
  expect(buckets.take('a')).toBeGreaterThan(0);
});
