/** The periods of a calendar that a moment is in, each as a person writes it. */
export interface CalendarPeriods {
  /** `2026-11-20` */
  daily: string;
  /** `2026-W47`, as ISO 8601 counts weeks. */
  weekly: string;
  /** `2026-11` */
  monthly: string;
  /** `2026` */
  yearly: string;
}

export type CalendarRule = keyof CalendarPeriods;

const dayMs = 86_400_000;

/** Reads moments in an IANA time zone. */
export function calendarIn(zone: string): (atMs: number) => CalendarPeriods {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  const known = new Map<string, CalendarPeriods>();
  return (atMs) => {
    const day = format.format(atMs);
    const periods = known.get(day) ?? periodsOf(day);
    known.set(day, periods);
    return periods;
  };
}

function periodsOf(day: string): CalendarPeriods {
  return {
    daily: day,
    weekly: weekOf(Date.parse(`${day}T00:00Z`)),
    monthly: day.slice(0, 7),
    yearly: day.slice(0, 4),
  };
}

/** A week belongs to the year that its Thursday is in. */
function weekOf(midnightMs: number): string {
  const weekday = (new Date(midnightMs).getUTCDay() + 6) % 7;
  const thursday = midnightMs + (3 - weekday) * dayMs;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * dayMs)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** When as many later periods can have a set as are kept, at the earliest: by UTC, so about then. */
export function periodsLaterMs(rule: CalendarRule, startedAtMs: number, periods: number): number {
  const at = new Date(startedAtMs);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  switch (rule) {
    case 'daily':
      return Date.UTC(year, month, day + periods);
    case 'weekly':
      return Date.UTC(year, month, day - ((at.getUTCDay() + 6) % 7) + 7 * periods);
    case 'monthly':
      return Date.UTC(year, month + periods);
    case 'yearly':
      return Date.UTC(year + periods, 0);
  }
}
