import { expect, test } from 'vitest';
import { pauseBetweenTries } from '../../../src/policies/recovery/pause-between-tries.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
/** Of a history: a timer, an activity, and the workflow tasks between them. */
const eventsOfTry = 11;
const longestHistory = 51_200;

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

test('what fails for hours is tried less often, and what is back within days is found within a quarter of an hour', () => {
  expect(pauseBetweenTries(60 * minuteMs)).toBe(3 * minuteMs);
  expect(pauseBetweenTries(10 * 60 * minuteMs)).toBe(15 * minuteMs);
  expect(pauseBetweenTries(2 * dayMs)).toBe(15 * minuteMs);
  expect(pauseBetweenTries(5 * dayMs)).toBe(15 * minuteMs);
});

test('a year of it leaves a third of its history for everything else', () => {
  expect(triesWithin(365 * dayMs) * eventsOfTry).toBeLessThan((longestHistory * 2) / 3);
});
