import { readCron } from '../../../specs/kernel/cron.ts';
import type { ScheduleSpec } from '../../../specs/kernel/schedule.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A leap year, and a month: what comes once a year has come twice. */
const daysLooked = 366 + 366 + 31;

/** The longest time from one start to the next, by a calendar without daylight saving. */
export function longestPauseMs({ timing }: Pick<ScheduleSpec, 'timing'>, fromMs: number): number {
  if ('everyMs' in timing) return timing.everyMs;
  const times = readCron('cron' in timing ? timing.cron : '0 0 * * *');
  const given: Partial<Record<keyof typeof times, readonly number[]>> =
    'calendar' in timing ? timing.calendar : {};
  const has = (field: keyof typeof times, value: number) =>
    given[field]?.includes(value) ?? times[field].has(value);
  const minutes = range(24 * 60).filter(
    (minute) => has('hour', Math.floor(minute / 60)) && has('minute', minute % 60),
  );
  const days = range(daysLooked)
    .map((index) => new Date(Math.floor(fromMs / dayMs) * dayMs + index * dayMs))
    .filter(
      (day) =>
        has('dayOfMonth', day.getUTCDate()) &&
        has('month', day.getUTCMonth() + 1) &&
        has('dayOfWeek', day.getUTCDay()),
    );
  const starts = days.flatMap((day) => minutes.map((minute) => day.getTime() + minute * minuteMs));
  const pauses = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  return pauses.length === 0 ? daysLooked * dayMs : Math.max(...pauses);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
