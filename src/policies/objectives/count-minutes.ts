import type { CounterReading, KeptReading } from '../../contracts/objectives/counter-reading.ts';
import { minuteMs, type Minute, type Quality } from '../../contracts/objectives/minute.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { incrementBetween, type Increment } from './counter-difference.ts';

/** Each belongs to the minute boundary that is nearest to it. */
function boundaryOf(atMs: number): number {
  return Math.round(atMs / minuteMs) * minuteMs;
}

/** Requests of a longer time than this are not divided: nobody knows when they were. */
const mostSpread = 360;

/**
 * The minutes between two readings. Where several lie between them, their requests are divided
 * evenly, and the time counts as not measured; after more than six hours only that is said. None
 * where both belong to the same boundary: the later one is then no reading to go on from.
 */
export function countMinutes(before: KeptReading, after: CounterReading): Minute[] {
  const fromMs = boundaryOf(before.atMs);
  const untilMs = boundaryOf(after.atMs);
  const count = Math.max(0, (untilMs - fromMs) / minuteMs);
  if (count > mostSpread) {
    const length = formatDuration(untilMs - fromMs);
    return [silentMinute(untilMs - minuteMs, `nobody has measured for ${length}`)];
  }
  const increment = incrementBetween(before, after);
  const [total, bad] = [divide(increment.total, count), divide(increment.bad, count)];
  return Array.from({ length: count }, (_, index): Minute => {
    const failed = Math.min(bad[index] ?? 0, total[index] ?? 0);
    return {
      atMs: fromMs + index * minuteMs,
      good: (total[index] ?? 0) - failed,
      bad: failed,
      coverageMs: count === 1 ? minuteMs : 0,
      quality: qualityOf(increment, count),
      version: 1,
      ...(count > 1 && { why: `one difference of ${count} minutes` }),
    };
  });
}

function qualityOf({ isClamped, isPartial }: Increment, minutes: number): Quality {
  if (isClamped) return 'clamped';
  if (minutes > 1) return 'spread';
  return isPartial ? 'partial' : 'counted';
}

/** Whole numbers that add up to the amount: the first ones get one more. */
function divide(amount: number, parts: number): number[] {
  const each = Math.floor(amount / parts);
  const over = Math.round(amount - each * parts);
  return Array.from({ length: parts }, (_, index) => each + (index < over ? 1 : 0));
}

/** A minute of which nothing is known. */
export function silentMinute(atMs: number, why: string): Minute {
  return { atMs, good: 0, bad: 0, coverageMs: 0, quality: 'none', version: 1, why };
}
