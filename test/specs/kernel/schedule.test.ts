import { describe, expect, it } from 'vitest';
import { resolveSchedule } from '../../../src/specs/kernel/resolve-schedule.ts';

function problemsOf(schedule: unknown): string[] {
  const resolution = resolveSchedule(schedule);
  if (resolution.ok) throw new Error(`accepted: ${JSON.stringify(resolution.spec)}`);
  return resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a schedule beside a spec', () => {
  it('is in UTC, exact, and makes up for an hour, unless it says otherwise', () => {
    expect(resolveSchedule({ cron: '0 3 * * *' })).toEqual({
      ok: true,
      spec: {
        name: 'default',
        timing: { cron: '0 3 * * *' },
        zone: 'UTC',
        jitterMs: 0,
        catchUpMs: 3_600_000,
      },
    });
  });

  it('takes a fixed time, and calendars with names, numbers and lists', () => {
    expect(resolveSchedule({ every: '6h', jitter: '5m' })).toMatchObject({
      spec: { timing: { everyMs: 21_600_000 }, jitterMs: 300_000 },
    });
    const calendar = { hour: 3, minute: [0, 30], dayOfWeek: ['mon', 'Friday'], month: ['jan', 12] };
    expect(resolveSchedule({ calendar, zone: 'Europe/Berlin' })).toMatchObject({
      spec: {
        zone: 'Europe/Berlin',
        timing: { calendar: { hour: [3], minute: [0, 30], dayOfWeek: [1, 5], month: [1, 12] } },
      },
    });
  });

  it('is refused with every problem, what was given and what is accepted', () => {
    expect(
      problemsOf({
        cron: '0 3 * *',
        every: '1s',
        zone: 'Europe/Berln',
        overlap: 'all',
        catchUp: 60,
      }),
    ).toEqual([
      expect.stringMatching(/^schedule\.cron: "0 3 \* \*" has 4 fields; write minute, hour,/),
      'schedule.every: "1s" is too short; at least 1m',
      'schedule.zone: "Europe/Berln" is no IANA time zone; did you mean "Europe/Berlin"?',
      expect.stringMatching(/^schedule\.catchUp: 60 has no unit/),
      'schedule.overlap: a start while the run is open is always skipped; leave it out',
    ] as unknown[]);
  });

  it.each([
    [undefined, 'schedule: missing; write a mapping with the keys name, cron, every,'],
    [{}, 'schedule: write one of cron, every, calendar'],
    [
      { cron: '@daily', every: '1h' },
      'schedule.every: cron says already when; leave one of them out',
    ],
    [{ every: '1h', zone: 'Europe/Berlin' }, 'schedule.zone: every counts from start to start'],
    [{ every: '1h', jitter: '1h' }, 'schedule.jitter: must be shorter than every'],
    [
      { calendar: { dayOfWeek: 'someday' } },
      'schedule.calendar.dayOfWeek[0]: "someday" is not accepted; write one of sun,',
    ],
    [{ cron: '@daily', zone: '+02:00' }, 'schedule.zone: "+02:00" is no IANA time zone'],
    [
      { cron: '@daily', name: 'At Night' },
      'schedule.name: "At Night" cannot be part of a workflow ID',
    ],
  ])('%o is refused: %s', (schedule, problem) => {
    expect(problemsOf(schedule).join('\n')).toContain(problem);
  });
});
