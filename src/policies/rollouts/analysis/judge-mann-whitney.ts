import type { WatchHoldInput } from '../../../contracts/rollouts/hold.ts';
import type { MannWhitneyJudge } from '../../../specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import { decideSeries } from './mann-whitney/judge-series.ts';
import { addSample, noSeries, shareOfSamples } from './mann-whitney/series.ts';
import { measureMetric } from './measure-metric.ts';
import type { MetricJudge } from './metric-judge.ts';
import { addMeasurement } from './progress.ts';

const verdicts = { worse: 'fail', good: 'pass', 'too-little': 'inconclusive' } as const;

/** Holds the canary's values against stable's, look by look, once the hold is over. */
export function mannWhitneyJudge(
  metric: MetricSpec,
  judge: MannWhitneyJudge,
  { track, tests, analysis }: Pick<WatchHoldInput, 'track' | 'tests' | 'analysis'>,
): MetricJudge {
  const { name } = metric;
  const most = shareOfSamples(analysis.mode === 'none' ? 1 : analysis.metrics.length);
  return {
    record(progress, before, after) {
      const measurement = measureMetric(metric, { track, minRequests: 1 }, before, after);
      if (measurement === undefined) return progress;
      const { value, stable } = measurement;
      const series = addSample(
        progress.series?.[name] ?? noSeries,
        { canary: value, stable },
        most,
      );
      return {
        ...addMeasurement(progress, measurement),
        series: { ...progress.series, [name]: series },
      };
    },
    soFar: () => undefined,
    atDeadline(progress) {
      const { kind, reason } = decideSeries(progress.series?.[name] ?? noSeries, {
        ...judge,
        metric: name,
        alpha: judge.alpha / tests,
      });
      return { kind: verdicts[kind], reasons: [reason] };
    },
  };
}
