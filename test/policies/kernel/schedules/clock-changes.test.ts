import { describe, expect, it } from 'vitest';
import { clockChangesOf } from '../../../../src/policies/kernel/schedules/clock-changes.ts';
import { resolveSchedule } from '../../../../src/specs/kernel/resolve-schedule.ts';

const year2027 = [Date.parse('2027-01-01T00:00Z'), Date.parse('2028-01-01T00:00Z')] as const;

function changesOf(schedule: unknown, [fromMs, untilMs] = year2027) {
  const resolution = resolveSchedule(schedule);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  const { madeUpAtMs, repeated } = clockChangesOf(resolution.spec, fromMs, untilMs);
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
  return {
    madeUp: madeUpAtMs.map(iso),
    repeated: repeated.map(
      ({ wall, firstAtMs }) =>
        `${wall.month}-${wall.dayOfMonth} ${wall.hour}:${wall.minute} ${iso(firstAtMs)}`,
    ),
  };
}

describe('a schedule on the days on which the clocks change', () => {
  it.each([
    ['Europe/Berlin', '30 2 * * *', ['2027-03-28T01:30'], ['10-31 2:30 2027-10-31T00:30']],
    ['Europe/Berlin', '0 2 * * *', ['2027-03-28T01:00'], ['10-31 2:0 2027-10-31T00:00']],
    ['America/New_York', '0 2 * * *', ['2027-03-14T07:00'], []],
    ['America/New_York', '30 1 * * *', [], ['11-7 1:30 2027-11-07T05:30']],
    ['Africa/Cairo', '@daily', ['2027-04-29T22:00'], []],
    ['Australia/Lord_Howe', '15 2 * * *', ['2027-10-02T15:45'], []],
    ['Europe/Berlin', '30 2 * * sun', ['2027-03-28T01:30'], ['10-31 2:30 2027-10-31T00:30']],
  ])('in %s, %s starts once on both', (zone, cron, madeUp, repeated) => {
    expect(changesOf({ zone, cron })).toEqual({ madeUp, repeated });
  });

  it.each([
    ['at a time that the change does not touch', { cron: '0 4 * * *', zone: 'Europe/Berlin' }],
    ['on another weekday', { cron: '30 2 * * mon-sat', zone: 'Europe/Berlin' }],
    ['in a month without a change', { cron: '30 2 * 6,7 *', zone: 'Europe/Berlin' }],
    ['by the hour, which counts hours as they pass', { cron: '0 * * * *', zone: 'Europe/Berlin' }],
    ['in a zone without daylight saving', { cron: '30 2 * * *', zone: 'Asia/Seoul' }],
    ['in UTC', { cron: '30 2 * * *' }],
    ['from start to start', { every: '1d' }],
  ])('is left as it is %s', (_, schedule) => {
    expect(changesOf(schedule)).toEqual({ madeUp: [], repeated: [] });
  });

  it('knows calendars, too', () => {
    const calendar = { hour: 2, minute: [0, 30], dayOfWeek: 'sun' };
    expect(changesOf({ calendar, zone: 'Europe/Berlin' }).madeUp).toEqual([
      ...['2027-03-28T01:00', '2027-03-28T01:30'],
    ]);
  });
});
