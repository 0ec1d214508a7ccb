import type { Comparison } from './compare-tracks.ts';
import { seenOf, type DataNeeds, type gapOf } from './missing-data.ts';
import type { SeriesTest } from './series-test.ts';
import type { TrackSeries } from '../../../../contracts/rollouts/hold.ts';
import { onceIn, percent } from '../../../kernel/figures-in-words.ts';

const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

interface Finding {
  p: number;
  /** Not by chance, as far as alpha tells. */
  isClear: boolean;
  isWorse: boolean;
}

export function describeComparison(
  { by, canary, stable, change }: Comparison,
  { metric, worse, leastEffect }: SeriesTest,
  { p, isClear, isWorse }: Finding,
): string {
  const summary = `${metric}: canary's ${by} ${threeDigits.format(canary)}, stable's ${threeDigits.format(stable)}`;
  const different = worse === 'either' ? 'different' : worse;
  if (isWorse) return `${summary}; by chance ${onceIn(p)}`;
  return isClear
    ? `${summary}; clearly ${different}, but by ${percent(Math.abs(change))}, less than the ${percent(leastEffect)} that matter`
    : `${summary}; not shown to be ${different}`;
}

export function describeGap(
  series: TrackSeries,
  metric: string,
  { gap, needs }: { gap: NonNullable<ReturnType<typeof gapOf>>; needs: DataNeeds },
): string {
  const samples = series.canary.length;
  const seen = `data in ${seenOf(series, 'canary')} of ${samples} looks at the canary and in ${seenOf(series, 'stable')} at stable`;
  switch (gap) {
    case 'any-data':
      return `${metric}: no data in ${samples} looks, neither of the canary nor of stable`;
    case 'covered-looks':
      return `${metric}: ${seen}; it takes ${percent(1 - needs.maxMissing)} of them`;
    case 'values':
      return `${metric}: ${seen}; it takes ${needs.leastValues} ${needs.missing === 'zero' ? 'looks' : 'values of each'}`;
  }
}
