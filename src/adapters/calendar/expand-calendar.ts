import { Temporal } from 'temporal-polyfill';
import type {
  CalendarPeriod,
  CalendarRule,
  FreezeCalendar,
  Window,
} from '../../contracts/kernel/change-control.ts';

export class UnknownTimeZone extends Error {
  override readonly name = 'UnknownTimeZone';
}

/**
 * The windows of a calendar that touch `asked`, in order, those that meet made one. Local times
 * become moments with the zone's own rules: where a clock shows a time twice, a window begins at
 * the first and ends at the second. Where it skips a time, a window begins at the jump, and ends as
 * long after the jump as was skipped.
 * Throws UnknownTimeZone.
 */
export function expandCalendar({ zone, rules, periods }: FreezeCalendar, asked: Window): Window[] {
  refuseUnknownZone(zone);
  const windows = [
    ...rules.flatMap((rule) => expandRule(rule, zone, asked)),
    ...periods.map((period) => expandPeriod(period, zone)),
  ];
  return merge(windows.filter((window) => touches(window, asked)));
}

/** Offsets are refused: they keep no summer time. */
function refuseUnknownZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    if (/^[a-z]/i.test(zone)) return;
  } catch {
    // Said below.
  }
  throw new UnknownTimeZone(
    `${JSON.stringify(zone)} is not a time zone; write an IANA name, such as Europe/Berlin or UTC`,
  );
}

function expandRule(
  { weekdays, from, to, days }: CalendarRule,
  zone: string,
  asked: Window,
): Window[] {
  const windows: Window[] = [];
  const last = dateAt(asked.untilMs, zone);
  // A window that is open at the beginning may have begun days before.
  let day = dateAt(asked.fromMs, zone).subtract({ days: days + 1 });
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    if (!weekdays.includes(day.dayOfWeek)) continue;
    windows.push({
      fromMs: moment(day.toPlainDateTime(from), zone, 'earlier'),
      untilMs: moment(day.add({ days }).toPlainDateTime(to), zone, 'later'),
    });
  }
  return windows;
}

function expandPeriod({ from, to }: CalendarPeriod, zone: string): Window {
  return {
    fromMs: moment(Temporal.PlainDateTime.from(from), zone, 'earlier'),
    untilMs: moment(Temporal.PlainDateTime.from(to), zone, 'later'),
  };
}

function dateAt(ms: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate();
}

function moment(
  local: Temporal.PlainDateTime,
  zone: string,
  whenTwice: 'earlier' | 'later',
): number {
  const after = local.toZonedDateTime(zone);
  if (after.toPlainDateTime().equals(local)) {
    return local.toZonedDateTime(zone, { disambiguation: whenTwice }).epochMilliseconds;
  }
  const jump = whenTwice === 'earlier' ? after.getTimeZoneTransition('previous') : after;
  return (jump ?? after).epochMilliseconds;
}

function touches({ fromMs, untilMs }: Window, asked: Window): boolean {
  return fromMs < asked.untilMs && untilMs > asked.fromMs && fromMs < untilMs;
}

function merge(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  for (const window of windows.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const before = merged.at(-1);
    if (before === undefined || window.fromMs > before.untilMs) merged.push({ ...window });
    else before.untilMs = Math.max(before.untilMs, window.untilMs);
  }
  return merged;
}
