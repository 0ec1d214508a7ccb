import { describe, expect, it } from 'vitest';
import { expandCalendar } from '../../../src/adapters/calendar/expand-calendar.ts';
import type { FreezeCalendar } from '../../../src/contracts/kernel/change-control.ts';
import { readRule } from '../../../src/policies/kernel/change-control/read-rule.ts';

const weekMs = 7 * 86_400_000;

function calendar(every: string, zone = 'Europe/Berlin'): FreezeCalendar {
  const read = readRule(every);
  if ('problem' in read) throw new Error(read.problem);
  return { zone, rules: [read.rule], periods: [] };
}

function expanded(given: FreezeCalendar, from: string, lengthMs = weekMs): string[] {
  const fromMs = Date.parse(from);
  return expandCalendar(given, { fromMs, untilMs: fromMs + lengthMs }).map(
    ({ fromMs, untilMs }) => `${moment(fromMs)} to ${moment(untilMs)}`,
  );
}

function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}

describe('the windows of a freeze calendar', () => {
  it('follow the clock of their zone over a change to winter time', () => {
    expect(expanded(calendar('Fri 16:00 to Mon 08:00'), '2026-10-19T12:00Z', 2 * weekMs)).toEqual([
      '2026-10-23T14:00 to 2026-10-26T07:00',
      '2026-10-30T15:00 to 2026-11-02T07:00',
    ]);
  });

  it('include one that is open already', () => {
    expect(expanded(calendar('Fri 16:00 to Mon 08:00'), '2026-11-29T12:00Z', 3_600_000)).toEqual([
      '2026-11-27T15:00 to 2026-11-30T07:00',
    ]);
  });

  it.each([
    ['a day of 25 hours', '2026-10-25', '2026-10-24T22:00 to 2026-10-25T23:00'],
    ['a day of 23 hours', '2026-03-29', '2026-03-28T23:00 to 2026-03-29T22:00'],
  ])('cover %s from midnight to midnight', (_, day, window) => {
    const sunday = calendar('Sun 00:00 to Mon 00:00');
    expect(expanded(sunday, `${day}T10:00Z`, 3_600_000)).toEqual([window]);
  });

  it('begin at the first and end at the second of two times that a clock shows twice', () => {
    expect(expanded(calendar('Sun 02:30 to 02:45'), '2026-10-25T00:00Z', 86_400_000)).toEqual([
      '2026-10-25T00:30 to 2026-10-25T01:45',
    ]);
  });

  it('last until after the jump where a clock skips their end', () => {
    expect(expanded(calendar('Sun 01:00 to 02:30'), '2026-03-29T00:00Z', 86_400_000)).toEqual([
      '2026-03-29T00:00 to 2026-03-29T01:30',
    ]);
  });

  it('begin at the jump where a clock skips their beginning', () => {
    expect(expanded(calendar('Sun 02:30 to 03:15'), '2026-03-29T00:00Z', 86_400_000)).toEqual([
      '2026-03-29T01:00 to 2026-03-29T01:15',
    ]);
  });

  it('are one where they meet', () => {
    const both: FreezeCalendar = {
      ...calendar('Fri 16:00 to Sat 00:00', 'UTC'),
      periods: [{ from: '2026-11-28T00:00', to: '2026-11-29T06:00' }],
    };
    expect(expanded(both, '2026-11-27T00:00Z')).toEqual(['2026-11-27T16:00 to 2026-11-29T06:00']);
  });

  it('go on over midnight on each day that is named', () => {
    expect(expanded(calendar('Mon-Tue 22:00 to 06:00', 'UTC'), '2026-11-30T00:00Z')).toEqual([
      '2026-11-30T22:00 to 2026-12-01T06:00',
      '2026-12-01T22:00 to 2026-12-02T06:00',
    ]);
  });

  it.each(['Europe/Berln', '+01:00', ''])('are refused for the zone "%s"', (zone) => {
    expect(() => expanded(calendar('weekends', zone), '2026-11-29T00:00Z')).toThrow(
      `${JSON.stringify(zone)} is not a time zone; write an IANA name, such as Europe/Berlin or UTC`,
    );
  });
});
