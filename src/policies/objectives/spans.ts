import { hourMs, minuteOf } from '../../contracts/objectives/minute.ts';
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
