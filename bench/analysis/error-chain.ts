import type { Random } from './random.ts';

export interface ErrorChain {
  /** The average length of a bad spell, and the share of the time in spells. */
  spellS: number;
  share: number;
  /** The factor on the usual rate during a spell; at most 1 / share, so that the mean stays the same. */
  factor: number;
}

/**
 * A chain of two states (Gilbert 1960): the factor on the error rate in each of this many seconds.
 * The mean is 1.
 */
export function errorFactors(
  random: Random,
  seconds: number,
  { spellS, share, factor }: ErrorChain,
): number[] {
  const outside = (1 - share * factor) / (1 - share);
  const leave = 1 / spellS;
  const enter = (leave * share) / (1 - share);
  let isBad = random() < share;
  return Array.from({ length: seconds }, () => {
    const now = isBad ? factor : outside;
    if (random() < (isBad ? leave : enter)) isBad = !isBad;
    return now;
  });
}
