import type { CalendarUnit } from '../../../specs/objectives/objective.ts';

const minuteMs = 60_000;
const units = [
  ['d', 1_440 * minuteMs],
  ['h', 60 * minuteMs],
  ['m', minuteMs],
] as const;

/** In the largest unit of which it is a whole number, as both OpenSLO and Belay read it: `30d`, `90m`. */
export function showLength(lengthMs: number): string {
  const [unit, unitMs] = units.find(([, each]) => lengthMs % each === 0) ?? ['m', minuteMs];
  return `${Math.ceil(lengthMs / unitMs)}${unit}`;
}

/** Of a window that has the length of a calendar. */
export const calendarDurations = {
  day: '1d',
  week: '1w',
  month: '1M',
  quarter: '1Q',
  year: '1Y',
} as const satisfies Readonly<Record<CalendarUnit, string>>;

/** A Monday, and the first day of a month, a quarter and a year: every calendar may begin with it. */
export const commonStart = '2024-01-01 00:00:00';

/** Whether a calendar begins on this date: Belay's weeks begin on Monday, the others on their first day. */
export function isFirstDay(unit: CalendarUnit, date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  const [isFirst, month] = [day.getUTCDate() === 1, day.getUTCMonth()];
  switch (unit) {
    case 'day':
      return true;
    case 'week':
      return day.getUTCDay() === 1;
    case 'month':
      return isFirst;
    case 'quarter':
      return isFirst && month % 3 === 0;
    case 'year':
      return isFirst && month === 0;
  }
}
