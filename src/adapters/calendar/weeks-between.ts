import { Temporal } from 'temporal-polyfill';
import type { Week } from '../../contracts/rollouts/delivery.ts';

/** The weeks of a zone, from Monday to Monday, that touch the time from one moment until another. */
export function weeksBetween(fromMs: number, untilMs: number, zone: string): Week[] {
  const weeks: Week[] = [];
  let monday = mondayOf(fromMs, zone);
  while (momentOf(monday, zone) < untilMs) {
    const next = monday.add({ days: 7 });
    weeks.push({
      monday: monday.toString(),
      fromMs: momentOf(monday, zone),
      toMs: momentOf(next, zone),
    });
    monday = next;
  }
  return weeks;
}

function mondayOf(atMs: number, zone: string): Temporal.PlainDate {
  const day = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
  return day.subtract({ days: day.dayOfWeek - 1 });
}

/** Of its first moment, which is not midnight where clocks jump then. */
function momentOf(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime(zone).epochMilliseconds;
}
