import { expect, test } from 'vitest';
import { daysBefore, daysBetween } from '../../../src/adapters/calendar/days-between.ts';

const hour = 3_600_000;
const lengths = (fromMs: number, untilMs: number, zone: string) =>
  daysBetween(fromMs, untilMs, zone).map(({ name, ...day }) => [
    name,
    (day.untilMs - day.fromMs) / hour,
  ]);

test('the day on which clocks go forward has 23 hours, and the one on which they go back 25', () => {
  const march = Date.parse('2026-03-28T00:00+01:00');
  expect(lengths(march, march + 71 * hour, 'Europe/Berlin')).toEqual([
    ['2026-03-28', 24],
    ['2026-03-29', 23],
    ['2026-03-30', 24],
  ]);
  const october = Date.parse('2026-10-25T00:00+02:00');
  expect(lengths(october, october + 25 * hour, 'Europe/Berlin')).toEqual([['2026-10-25', 25]]);
});

test('the first and the last day are as long as the time that they share with the period', () => {
  const fromMs = Date.parse('2026-11-29T18:00Z');
  expect(lengths(fromMs, fromMs + 13 * hour, 'UTC')).toEqual([
    ['2026-11-29', 6],
    ['2026-11-30', 7],
  ]);
});

test('ninety days before today begin at a midnight of the zone', () => {
  const atMs = Date.parse('2026-11-30T12:00Z');
  expect(new Date(daysBefore(atMs, 89, 'Europe/Berlin')).toISOString()).toBe(
    '2026-09-01T22:00:00.000Z',
  );
});
