import { readCron, type CronTimes } from '../../../specs/kernel/cron.ts';
import type { ScheduleSpec } from '../../../specs/kernel/schedule.ts';

/** A time as a clock on the wall shows it. */
export interface WallTime {
  year: number;
  /** From 1. */
  month: number;
  dayOfMonth: number;
  hour: number;
  minute: number;
}

/** What a schedule does on the days on which the clocks change, so that it starts once on each. */
export interface ClockChanges {
  /** Starts whose time is left out when the clocks go forward: as much later as that is. */
  madeUpAtMs: readonly number[];
  /** Times that there are twice when the clocks go back. */
  repeated: readonly { wall: WallTime; firstAtMs: number }[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * For schedules with a set hour in a zone that has daylight saving; others count the hours as they
 * pass, and nothing is changed.
 */
export function clockChangesOf(
  { timing, zone }: ScheduleSpec,
  fromMs: number,
  untilMs: number,
): ClockChanges {
  const times = timesOf(timing);
  if (times === undefined || times.hour.size === 24) return { madeUpAtMs: [], repeated: [] };
  const offsetAt = offsetIn(zone);
  const changes = changesBetween(offsetAt, fromMs, untilMs);
  return {
    madeUpAtMs: changes.flatMap(({ atMs, beforeMs, afterMs }) =>
      minutesOf(atMs + beforeMs, atMs + afterMs)
        .filter((wallMs) => matches(wallAt(wallMs), times))
        .map((wallMs) => wallMs - beforeMs),
    ),
    repeated: changes.flatMap(({ atMs, beforeMs, afterMs }) =>
      minutesOf(atMs + afterMs, atMs + beforeMs)
        .filter((wallMs) => matches(wallAt(wallMs), times))
        .map((wallMs) => ({ wall: wallAt(wallMs), firstAtMs: wallMs - beforeMs })),
    ),
  };
}

/** Undefined for one that counts from start to start. */
function timesOf(timing: ScheduleSpec['timing']): CronTimes | undefined {
  if ('everyMs' in timing) return undefined;
  if ('cron' in timing) return readCron(timing.cron);
  const { minute = [0], hour = [0], dayOfMonth, month, dayOfWeek } = timing.calendar;
  const any = readCron('* * * * *');
  return {
    ...{ minute: new Set(minute), hour: new Set(hour) },
    dayOfMonth: dayOfMonth ? new Set(dayOfMonth) : any.dayOfMonth,
    month: month ? new Set(month) : any.month,
    dayOfWeek: dayOfWeek ? new Set(dayOfWeek) : any.dayOfWeek,
  };
}

type Offset = (atMs: number) => number;

/** How far the clocks of a zone are ahead of UTC. */
function offsetIn(zone: string): Offset {
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: zone, dateStyle: 'short', timeStyle: 'medium' },
  });
  return (atMs) => Date.parse(`${format.format(atMs).replace(' ', 'T')}Z`) - atMs;
}

interface Change {
  /** The first moment with the new offset. */
  atMs: number;
  beforeMs: number;
  afterMs: number;
}

function changesBetween(offsetAt: Offset, fromMs: number, untilMs: number): Change[] {
  const changes: Change[] = [];
  let before = Math.floor(fromMs / hourMs) * hourMs;
  let beforeMs = offsetAt(before);
  while (before < untilMs) {
    const after = before + dayMs;
    const afterMs = offsetAt(after);
    if (afterMs !== beforeMs) {
      const atMs = firstWith(afterMs, { offsetAt, before, after });
      changes.push({ atMs, beforeMs, afterMs });
    }
    before = after;
    beforeMs = afterMs;
  }
  return changes.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
}

function firstWith(
  offsetMs: number,
  { offsetAt, before, after }: { offsetAt: Offset; before: number; after: number },
): number {
  let [low, high] = [before / minuteMs, after / minuteMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * minuteMs) === offsetMs) high = middle;
    else low = middle;
  }
  return high * minuteMs;
}

/** None where the end is not after the beginning. */
function minutesOf(fromMs: number, untilMs: number): number[] {
  const count = Math.max(0, (untilMs - fromMs) / minuteMs);
  return Array.from({ length: count }, (_, index) => fromMs + index * minuteMs);
}

function wallAt(wallMs: number): WallTime {
  const at = new Date(wallMs);
  return {
    ...{ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, dayOfMonth: at.getUTCDate() },
    ...{ hour: at.getUTCHours(), minute: at.getUTCMinutes() },
  };
}

function matches({ year, month, dayOfMonth, hour, minute }: WallTime, times: CronTimes): boolean {
  const weekday = new Date(Date.UTC(year, month - 1, dayOfMonth)).getUTCDay();
  return (
    times.minute.has(minute) &&
    times.hour.has(hour) &&
    times.dayOfMonth.has(dayOfMonth) &&
    times.month.has(month) &&
    times.dayOfWeek.has(weekday)
  );
}
