import type { PostmortemTerm } from '../../../specs/recovery/severity-rules.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** The calendar by which business days are counted. */
export interface BusinessCalendar {
  zone: string;
  /** `2026-12-25` */
  holidays: readonly string[];
}

/**
 * When a postmortem is due: days are days of 24 hours; business days end with the last of them on the
 * clock of their zone, and the day on which the incident ended does not count.
 */
export function postmortemDueAt(
  term: PostmortemTerm,
  endedAtMs: number,
  { zone, holidays }: BusinessCalendar,
): number {
  if ('days' in term) return endedAtMs + term.days * dayMs;
  let date = dateIn(zone, endedAtMs);
  for (let left = term.businessDays; left > 0;) {
    date = nextDate(date);
    if (isBusinessDay(date, holidays)) left -= 1;
  }
  return startOf(nextDate(date), zone);
}

function isBusinessDay(date: string, holidays: readonly string[]): boolean {
  const weekday = new Date(`${date}T12:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(date);
}

function nextDate(date: string): string {
  return new Date(Date.parse(`${date}T12:00Z`) + dayMs).toISOString().slice(0, 10);
}

/** `2026-12-24`, on the clock of the zone. */
function dateIn(zone: string, atMs: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(atMs);
}

/** The first moment of a day: where the clocks skip midnight, the moment at which they do. */
function startOf(date: string, zone: string): number {
  const earliestMs = Date.parse(`${date}T00:00Z`) - 15 * hourMs;
  let low = earliestMs;
  let high = earliestMs + 30 * hourMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dateIn(zone, middle) < date) low = middle;
    else high = middle;
  }
  return high;
}
