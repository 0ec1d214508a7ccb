import { exactTails, type Setting, type Sizes, type Tails } from './exact-tails.ts';
import { upperNormalTail } from './normal-tail.ts';

export interface RankSum {
  /** Pairs of both in which the sample's value is the higher; alike counts half. */
  u: number;
  /** How likely so high a U is by chance: the sample's values are higher. */
  greater: number;
  /** How likely so low a U is by chance: the sample's values are lower. */
  less: number;
  twoSided: number;
}

/** Pairs of values up to which counting every arrangement costs about a millisecond at most. */
const mostPairsForExact = 400;

/**
 * Whether values of `sample` tend to be higher or lower than those of `reference` (Mann and Whitney
 * 1947). Small samples have the exact distribution given their ties (Lehmann 2006, 1.4), larger ones
 * the normal approximation corrected for ties and continuity (the same, 1.5 and A.4).
 */
export function rankSum(sample: readonly number[], reference: readonly number[]): RankSum {
  const levels = levelsOf(sample, reference);
  const u = higherPairs(levels);
  const setting: Setting = {
    u,
    sizes: { sample: sample.length, reference: reference.length },
    ties: levels.map((level) => level.sample + level.reference),
  };
  const isSmall = sample.length * reference.length <= mostPairsForExact;
  const { greater, less } = isSmall ? exactTails(setting) : approximateTails(setting);
  return { u, greater, less, twoSided: Math.min(1, 2 * Math.min(greater, less)) };
}

/** How often each value occurs, the lowest value first. */
function levelsOf(sample: readonly number[], reference: readonly number[]): Sizes[] {
  const levels = new Map<number, Sizes>();
  const count = (track: keyof Sizes) => (value: number) => {
    const level = levels.get(value) ?? { sample: 0, reference: 0 };
    level[track] += 1;
    levels.set(value, level);
  };
  sample.forEach(count('sample'));
  reference.forEach(count('reference'));
  return [...levels].sort(([one], [other]) => one - other).map(([, level]) => level);
}

function higherPairs(levels: Sizes[]): number {
  let [pairs, lower] = [0, 0];
  for (const { sample, reference } of levels) {
    pairs += sample * (lower + reference / 2);
    lower += reference;
  }
  return pairs;
}

function approximateTails({ u, sizes: { sample, reference }, ties }: Setting): Tails {
  const total = sample + reference;
  const tied = ties.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = ((sample * reference) / 12) * (total + 1 - tied / (total * (total - 1)));
  if (variance === 0) return { greater: 1, less: 1 };
  const above = u - (sample * reference) / 2;
  const tail = (distance: number) => upperNormalTail((distance - 0.5) / Math.sqrt(variance));
  return { greater: tail(above), less: tail(-above) };
}
