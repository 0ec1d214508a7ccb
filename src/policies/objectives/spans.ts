import { hourMs, hourOf, minuteOf } from '../../contracts/objectives/minute.ts';
import type { Span } from './tally.ts';

/** Windows up to this are exact to the minute; the beginning of a longer one is the next full hour. */
export const exactToMs = 6 * hourMs;

/** A window of this length that ends at a minute. */
export function rollingSpan(untilMs: number, lengthMs: number): Span {
  const endMs = minuteOf(untilMs);
  const fromMs = endMs - lengthMs;
  return {
    fromMs: lengthMs <= exactToMs ? fromMs : Math.ceil(fromMs / hourMs) * hourMs,
    untilMs: endMs,
  };
}

/** The beginnings of the hours that a time touches. */
export function hoursOf({ fromMs, untilMs }: Span): number[] {
  const firstMs = hourOf(fromMs);
  const count = Math.ceil((untilMs - firstMs) / hourMs);
  return Array.from({ length: count }, (_, index) => firstMs + index * hourMs);
}
