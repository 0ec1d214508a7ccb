import type { Counts, Dispersion } from '../../../contracts/kernel/counted-evidence.ts';
import { addTo, badRate, noCounts } from './counts.ts';

export const noDispersion: Dispersion = { seen: noCounts.stable, intervals: 0, chiSquare: 0 };

/** Of fewer intervals the deviation is mostly luck. */
const leastIntervals = 10;

export function addInterval(before: Dispersion, interval: Counts): Dispersion {
  if (interval.total === 0) return before;
  const seen = addTo(before.seen, interval);
  const rate = badRate(seen);
  const variance = interval.total * rate * (1 - rate);
  if (variance === 0) return { ...before, seen };
  const deviation = interval.bad - interval.total * rate;
  return {
    seen,
    intervals: before.intervals + 1,
    chiSquare: before.chiSquare + deviation ** 2 / variance,
  };
}

/**
 * How much more the counts vary than those of independent requests would: Pearson's chi-square by
 * the number of intervals (McCullagh and Nelder 1989, 4.5), at least 1; 1 while few are seen.
 */
export function overdispersion({ intervals, chiSquare }: Dispersion): number {
  return intervals < leastIntervals ? 1 : Math.max(1, chiSquare / intervals);
}
