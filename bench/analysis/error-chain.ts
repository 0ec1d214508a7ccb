import type { Random } from './random.ts';

export interface ErrorChain {
  /** How long a bad spell lasts on average, and how much of the time they take together. */
  spellS: number;
  share: number;
  /** How many times the usual rate fails in them; at most 1 / share, so that the mean stays as it is. */
  factor: number;
}

/**
 * A chain of two states (Gilbert 1960): by what the rate of errors is to be multiplied in each of
 * so many seconds. 1 in the mean.
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
