import { minuteMs, minuteOf } from '../../contracts/objectives/minute.ts';

/**
 * The minute boundaries that are to be read now: those after the last one whose lag is over, and at
 * most so many, the newest. What lies before them is one long difference.
 */
export function dueBoundaries(
  lastMs: number | undefined,
  { nowMs, lagMs, most }: { nowMs: number; lagMs: number; most: number },
): number[] {
  const newest = minuteOf(nowMs - lagMs);
  const oldest = Math.max(
    lastMs === undefined ? newest : minuteOf(lastMs + minuteMs / 2) + minuteMs,
    newest - (most - 1) * minuteMs,
  );
  const count = Math.max(0, (newest - oldest) / minuteMs + 1);
  return Array.from({ length: count }, (_, index) => oldest + index * minuteMs);
}
