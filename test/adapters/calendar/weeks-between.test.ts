import { expect, test } from 'vitest';
import { weeksBetween } from '../../../src/adapters/calendar/weeks-between.ts';

const hour = 3_600_000;

test('a week begins on Monday at midnight of its zone, and may have an hour less or more', () => {
  const from = Date.parse('2026-03-25T12:00:00Z');
  const until = Date.parse('2026-04-06T00:00:00Z');
  const weeks = weeksBetween(from, until, 'Europe/Berlin');
  expect(weeks.map(({ monday, fromMs }) => [monday, new Date(fromMs).toISOString()])).toEqual([
    ['2026-03-23', '2026-03-22T23:00:00.000Z'],
    ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['2026-04-06', '2026-04-05T22:00:00.000Z'],
  ]);
  expect(weeks.map(({ fromMs, toMs }) => (toMs - fromMs) / hour)).toEqual([167, 168, 168]);
  const [autumn] = weeksBetween(Date.parse('2026-10-20T00:00:00Z'), until + 1e12, 'Europe/Berlin');
  expect(autumn && (autumn.toMs - autumn.fromMs) / hour).toBe(169);
});

test('a week begins with the first moment of a Monday that has no midnight', () => {
  const [week] = weeksBetween(
    Date.parse('2018-11-05T12:00:00Z'),
    Date.parse('2018-11-06T00:00:00Z'),
    'America/Sao_Paulo',
  );
  expect(week && new Date(week.fromMs).toISOString()).toBe('2018-11-05T02:00:00.000Z');
});
