import { rankSum } from '../../src/policies/rollouts/analysis/mann-whitney/rank-sum.ts';

/** The probability that values of `sample` are this much higher than those of `reference` by chance. */
export function mannWhitneyGreater(sample: number[], reference: number[]): number {
  return rankSum(sample, reference).greater;
}
