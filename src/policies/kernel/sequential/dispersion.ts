import type { Counts, Dispersion } from '../../../contracts/kernel/counted-evidence.ts';
import { addTo, badRate, faded, noCounts } from './counts.ts';

export const noDispersion: Dispersion = { seen: noCounts.stable, intervals: 0, chiSquare: 0 };

/** Of fewer intervals the deviation is mostly luck. */
const leastIntervals = 10;

/** Adds an interval to what is seen of one track alone. */
export function addInterval(before: Dispersion, interval: Counts): Dispersion {
  if (interval.total === 0) return before;
  const seen = addTo(before.seen, interval);
  const rate = badRate(seen);
  const variance = interval.total * rate * (1 - rate);
  if (variance === 0) return { ...before, seen };
  const deviation = interval.bad - interval.total * rate;
  return {
    ...before,
    seen,
    intervals: before.intervals + 1,
    chiSquare: before.chiSquare + deviation ** 2 / variance,
  };
}

/** The rate that a track's looks vary around is that of about so many of the last ones. */
const rememberedLooks = 60;

/**
 * Adds a look at both tracks, stable's by source. What both tracks deviate by at the same time is kept
 * apart, with how far chance alone may move it: an incident that both share, and errors that become
 * more over an hour, hit the requests of either track alike.
 */
export function addLook(
  before: Dispersion,
  canary: Counts,
  stableBlocks: readonly Counts[],
): Dispersion {
  const usual = addTo(faded(before.canary ?? noCounts.canary, rememberedLooks), canary);
  const memory = rememberedLooks * stableBlocks.length;
  const begun: Look = { dispersion: before, slope: 0 };
  const { dispersion, slope } = stableBlocks.reduce(
    (look, block) => addBlock(look, block, memory),
    begun,
  );
  if (canary.total === 0) return dispersion;
  const { sum, variance } = before.inCommon ?? { sum: 0, variance: 0 };
  const mostByChance = (canary.bad + canary.total * badRate(usual)) / canary.total ** 2;
  return {
    ...dispersion,
    canary: usual,
    inCommon: {
      sum: sum + slope * (badRate(canary) - badRate(usual)),
      variance: variance + slope ** 2 * mostByChance,
    },
  };
}

interface Look {
  dispersion: Dispersion;
  /** What a canary's deviation, as a rate, takes off the sum of chi-squares. */
  slope: number;
}

/**
 * The square of the deviation is on average the block's variance and the square of what its requests
 * have in common. The variance is taken from the block's own count, as the rate may have changed lately.
 */
function addBlock({ dispersion, slope }: Look, block: Counts, memory: number): Look {
  if (block.total === 0) return { dispersion, slope };
  const seen = addTo(faded(dispersion.seen, memory), block);
  const rate = badRate(seen);
  const variance = block.total * rate * (1 - rate);
  if (variance === 0) return { dispersion: { ...dispersion, seen }, slope };
  const deviation = block.bad - block.total * rate;
  const excess = deviation ** 2 - block.bad * (1 - rate);
  return {
    dispersion: {
      ...dispersion,
      seen,
      intervals: dispersion.intervals + 1,
      chiSquare: dispersion.chiSquare + 1 + excess / variance,
    },
    slope: slope + (deviation * block.total) / variance,
  };
}

/**
 * How much more the counts vary in time than those of independent requests would: Pearson's chi-square
 * by the number of intervals (McCullagh and Nelder 1989, 4.5), at least 1; 1 while few are seen.
 */
export function overdispersionInTime({ intervals, chiSquare }: Dispersion): number {
  return intervals < leastIntervals ? 1 : Math.max(1, chiSquare / intervals);
}

/** The same of how the bad requests fall on both tracks: without what these have in common. */
export function overdispersion(dispersion: Dispersion): number {
  return overdispersionInTime(withoutShared(dispersion));
}

/** What both tracks have in common is taken off by what exceeds its standard deviation. */
export function withoutShared({ inCommon, ...own }: Dispersion): Dispersion {
  if (inCommon === undefined) return own;
  const shared = Math.max(0, inCommon.sum - Math.sqrt(inCommon.variance));
  return { ...own, chiSquare: own.chiSquare - shared };
}
