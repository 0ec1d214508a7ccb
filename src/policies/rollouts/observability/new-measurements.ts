import type {
  HoldProgress,
  WatchHoldInput,
  MetricTally,
} from '../../../contracts/rollouts/hold.ts';
import type { VerdictKind } from '../../../contracts/rollouts/verdict.ts';

export interface NewMeasurements {
  judge: string;
  result: VerdictKind;
  count: number;
}

const nothing: MetricTally = { passed: 0, failed: 0, noData: 0 };

/** What a hold has measured since it knew less, by each metric's judge. */
export function newMeasurements(
  { analysis }: Pick<WatchHoldInput, 'analysis'>,
  before: Pick<HoldProgress, 'tallies'>,
  now: Pick<HoldProgress, 'tallies'>,
): NewMeasurements[] {
  if (analysis.mode === 'none') return [];
  return analysis.metrics.flatMap(({ name, judge = analysis }) => {
    const earlier = before.tallies[name] ?? nothing;
    const later = now.tallies[name] ?? nothing;
    const counted: [VerdictKind, number][] = [
      ['pass', later.passed - earlier.passed],
      ['fail', later.failed - earlier.failed],
      ['inconclusive', later.noData - earlier.noData],
    ];
    return counted.flatMap(([result, count]) =>
      count > 0 ? [{ judge: judge.mode, result, count }] : [],
    );
  });
}
