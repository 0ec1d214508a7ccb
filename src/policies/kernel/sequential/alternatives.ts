/**
 * How many times worse than it may be a bad release is taken to be, each with its share of the
 * belief (they add up to 1). The evidence is the mean over them, so that no size of effect has to
 * be known in advance. A share costs ln(1 / share) of evidence, so most of the belief is where few
 * requests decide, and small effects, which need many anyway, have less.
 */
export const alternatives: readonly Alternative[] = [
  { ratio: 1.5, share: 0.08 },
  { ratio: 2.2, share: 0.12 },
  { ratio: 4, share: 0.25 },
  { ratio: 10, share: 0.25 },
  { ratio: 100, share: 0.3 },
];

export interface Alternative {
  ratio: number;
  share: number;
}
