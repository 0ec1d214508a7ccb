import { Temporal } from 'temporal-polyfill';
import type { Window } from '../../contracts/kernel/change-control.ts';
import type { CalendarUnit } from '../../specs/objectives/objective.ts';

/** The day, week, month, quarter or year of a zone that a moment is in; a day may have 23 or 25 hours. */
export function periodAround(atMs: number, unit: CalendarUnit, zone: string): Window {
  const day = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
  const first = firstDayOf(day, unit);
  const next = first.add(lengthOf[unit]);
  return { fromMs: momentOf(first, zone), untilMs: momentOf(next, zone) };
}

const lengthOf = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
} as const satisfies Readonly<Record<CalendarUnit, Temporal.DurationLike>>;

function firstDayOf(day: Temporal.PlainDate, unit: CalendarUnit): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      return day.subtract({ days: day.dayOfWeek - 1 });
    case 'month':
      return day.with({ day: 1 });
    case 'quarter':
      return day.with({ day: 1, month: Math.floor((day.month - 1) / 3) * 3 + 1 });
    case 'year':
      return day.with({ day: 1, month: 1 });
  }
}

/** Of its first moment, which is not midnight where clocks jump then. */
function momentOf(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime(zone).epochMilliseconds;
}
