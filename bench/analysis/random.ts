/** A stream of numbers from 0 to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many of these requests are bad, independently with this probability: skips from one bad request to the next. */
export function binomial(random: Random, trials: number, rate: number): number {
  if (rate <= 0) return 0;
  if (rate >= 1) return trials;
  let bad = 0;
  for (let at = skip(random, rate); at < trials; at += 1 + skip(random, rate)) bad += 1;
  return bad;
}

/** The number of good requests before the next bad one. */
function skip(random: Random, rate: number): number {
  return Math.floor(Math.log(1 - random()) / Math.log1p(-rate));
}
