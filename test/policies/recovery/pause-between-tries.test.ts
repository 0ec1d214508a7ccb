import { expect, test } from 'vitest';
import { pauseBetweenTries } from '../../../src/policies/recovery/pause-between-tries.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

/** How often it is tried within so long. */
function triesWithin(ms: number): number {
  let tries = 0;
  for (let atMs = pauseBetweenTries(0); atMs <= ms; atMs += pauseBetweenTries(atMs)) tries += 1;
  return tries;
}

test('what fails is tried again after 2 s, and every minute at first', () => {
  expect(pauseBetweenTries(0)).toBe(2_000);
  expect(pauseBetweenTries(2_000)).toBe(2_000);
  expect(pauseBetweenTries(32_000)).toBe(32_000);
  expect(pauseBetweenTries(10 * minuteMs)).toBe(minuteMs);
});

test('what fails for long is tried less often: a year of it does not fill a history', () => {
  expect(pauseBetweenTries(60 * minuteMs)).toBe(3 * minuteMs);
  expect(triesWithin(dayMs)).toBeLessThan(130);
  expect(triesWithin(365 * dayMs)).toBeLessThan(250);
});
