import { Temporal } from 'temporal-polyfill';

/**
 * The moment of a local time such as `2026-12-24T02:00`; undefined where it is on no calendar, or where the
 * clocks of the zone skip it or show it twice.
 */
export function localMoment(written: string, zone: string): number | undefined {
  try {
    const local = Temporal.PlainDateTime.from(written, { overflow: 'reject' });
    return local.toZonedDateTime(zone, { disambiguation: 'reject' }).epochMilliseconds;
  } catch {
    return undefined;
  }
}
