import { Temporal } from 'temporal-polyfill';
import type { Day } from '../../contracts/objectives/slo-report.ts';

/** The days of a zone that touch a time, each as far as it lies in it: a day may have 23 or 25 hours. */
export function daysBetween(fromMs: number, untilMs: number, zone: string): Day[] {
  const days: Day[] = [];
  let day = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone).toPlainDate();
  while (momentOf(day, zone) < untilMs) {
    const next = day.add({ days: 1 });
    days.push({
      name: day.toString(),
      fromMs: Math.max(fromMs, momentOf(day, zone)),
      untilMs: Math.min(untilMs, momentOf(next, zone)),
    });
    day = next;
  }
  return days;
}

/** The first moment of a day, which is not midnight where clocks jump then. */
export function firstMomentOf(day: string, zone: string): number {
  return momentOf(Temporal.PlainDate.from(day), zone);
}

/** So many days before the one that a moment is in. */
export function daysBefore(atMs: number, count: number, zone: string): number {
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
  return momentOf(today.subtract({ days: count }), zone);
}

function momentOf(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime(zone).epochMilliseconds;
}
