import { describe, expect, it } from 'vitest';
import { periodAround } from '../../../src/adapters/calendar/periods.ts';
import type { CalendarUnit } from '../../../src/specs/objectives/objective.ts';

const hours = (at: string, unit: CalendarUnit, zone: string) => {
  const { fromMs, untilMs } = periodAround(Date.parse(at), unit, zone);
  return (untilMs - fromMs) / 3_600_000;
};

describe('a period of a calendar', () => {
  it('has 23 or 25 hours on the days on which clocks change', () => {
    expect(hours('2026-03-29T12:00Z', 'day', 'Europe/Berlin')).toBe(23);
    expect(hours('2026-10-25T12:00Z', 'day', 'Europe/Berlin')).toBe(25);
    expect(hours('2026-10-25T12:00Z', 'day', 'UTC')).toBe(24);
    expect(hours('2026-10-04T12:00Z', 'day', 'Australia/Lord_Howe')).toBe(23.5);
  });

  it('counts the hours of a month with a change of clocks', () => {
    expect(hours('2026-03-15T12:00Z', 'month', 'Europe/Berlin')).toBe(31 * 24 - 1);
  });

  it('begins at the midnight of its zone', () => {
    const period = periodAround(Date.parse('2026-11-30T23:30Z'), 'month', 'Europe/Berlin');
    expect(new Date(period.fromMs).toISOString()).toBe('2026-11-30T23:00:00.000Z');
    expect(new Date(period.untilMs).toISOString()).toBe('2026-12-31T23:00:00.000Z');
  });

  it('begins weeks on Monday, and quarters in January, April, July and October', () => {
    const week = periodAround(Date.parse('2026-11-29T12:00Z'), 'week', 'UTC');
    expect(new Date(week.fromMs).toISOString()).toBe('2026-11-23T00:00:00.000Z');
    const quarter = periodAround(Date.parse('2026-11-29T12:00Z'), 'quarter', 'UTC');
    expect(new Date(quarter.fromMs).toISOString()).toBe('2026-10-01T00:00:00.000Z');
    const year = periodAround(Date.parse('2026-11-29T12:00Z'), 'year', 'UTC');
    expect(new Date(year.untilMs).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  });
});
