import { hourMs, minuteOf } from '../../../contracts/objectives/minute.ts';
import type { Span } from '../tally.ts';

/** How a time is read: whole hours that the database adds up, and the rest minute by minute. */
export interface Reading {
  hours: Span[];
  minutes: Span[];
}

/** Hours at the ends of a time, and those in which something is excluded, are read in minutes. */
export function planReading(span: Span, excluded: readonly Span[]): Reading {
  const [fromMs, untilMs] = [minuteOf(span.fromMs), minuteOf(span.untilMs)];
  const reading: Reading = { hours: [], minutes: [] };
  for (let atMs = fromMs; atMs < untilMs;) {
    const endMs = Math.min(untilMs, Math.floor(atMs / hourMs) * hourMs + hourMs);
    const isTouched = excluded.some((each) => each.fromMs < endMs && each.untilMs > atMs);
    const isWhole = endMs - atMs === hourMs && !isTouched;
    extend(isWhole ? reading.hours : reading.minutes, { fromMs: atMs, untilMs: endMs });
    atMs = endMs;
  }
  return reading;
}

function extend(spans: Span[], next: Span): void {
  const last = spans.at(-1);
  if (last?.untilMs === next.fromMs) last.untilMs = next.untilMs;
  else spans.push({ ...next });
}
