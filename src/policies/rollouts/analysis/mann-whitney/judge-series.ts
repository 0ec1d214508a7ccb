import type { SeriesTest } from './series-test.ts';
import { compareTracks } from './compare-tracks.ts';
import { describeComparison, describeGap } from './describe-series.ts';
import { combinations } from './exact-tails.ts';
import { gapOf, valuesOf } from './missing-data.ts';
import { rankSum, type RankSum } from './rank-sum.ts';
import type { TrackSeries } from '../../../../contracts/rollouts/hold.ts';

export interface SeriesDecision {
  kind: 'worse' | 'good' | 'too-little';
  /** How likely such a difference is by chance; absent where there was too little to tell. */
  p?: number;
  /** How much higher the canary's values are, in the metric's unit (Hodges and Lehmann). */
  shift?: number;
  /** One line that an operator can check against the values. */
  reason: string;
}

/**
 * What a hold's series show, by Mann and Whitney's test. To be asked once, at the hold's end: alpha
 * holds for one asking, and each repetition adds to the false aborts. It also takes the looks to be
 * independent. Where a value hardly moves from one look to the next (a queue's depth, an average over
 * more than the time between looks), they tell less than they seem to: with an alpha of 1 % and a
 * correlation of 0.5 from look to look, about 10 % of good releases are rejected, with 0.8 over 20 %.
 */
export function decideSeries(series: TrackSeries, test: SeriesTest): SeriesDecision {
  const { metric, alpha, worse, missing = 'remove', maxMissing = 0.5, leastEffect } = test;
  const leastValues = Math.max(test.leastValues ?? 0, fewestToTell(alpha, worse));
  const needs = { missing, maxMissing, leastValues };
  const gap = gapOf(series, needs);
  if (gap !== undefined) {
    return { kind: 'too-little', reason: describeGap(series, metric, { gap, needs }) };
  }
  const values = valuesOf(series, missing);
  const p = chanceOf(rankSum(values.canary, values.stable), worse);
  const compared = compareTracks(values);
  const isClear = p <= alpha;
  const isWorse = isClear && changeForWorse(compared.change, worse) >= leastEffect;
  return {
    kind: isWorse ? 'worse' : 'good',
    p,
    shift: compared.shift,
    reason: describeComparison(compared, test, { p, isClear, isWorse }),
  };
}

/** Values of each track of which the clearest order, all of one above all of the other, has at most this chance. */
function fewestToTell(alpha: number, worse: SeriesTest['worse']): number {
  const orders = worse === 'either' ? 2 : 1;
  let values = 1;
  while (orders / combinations(2 * values, values) > alpha) values += 1;
  return values;
}

function chanceOf({ greater, less, twoSided }: RankSum, worse: SeriesTest['worse']): number {
  switch (worse) {
    case 'higher':
      return greater;
    case 'lower':
      return less;
    case 'either':
      return twoSided;
  }
}

function changeForWorse(change: number, worse: SeriesTest['worse']): number {
  switch (worse) {
    case 'higher':
      return change;
    case 'lower':
      return -change;
    case 'either':
      return Math.abs(change);
  }
}
