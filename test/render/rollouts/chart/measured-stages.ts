import type { StageStatus } from '../../../../src/contracts/rollouts/status.ts';
import type { Measurement, Verdict } from '../../../../src/contracts/rollouts/verdict.ts';
import {
  seriesOf,
  type MetricSeries,
} from '../../../../src/render/rollouts/chart/metric-series.ts';
import type { MetricSpec } from '../../../../src/specs/rollouts/metrics.ts';

export const noon = Date.UTC(2025, 0, 2, 12);
export const minuteMs = 60_000;

export const errorRate: MetricSpec = {
  name: 'error-rate',
  measure: { kind: 'error-rate' },
  max: 0.01,
};

/** One measurement a minute; null has no data. */
export function measuredEachMinute(
  values: readonly (number | null)[],
  { metric = 'error-rate', fromMs = noon, max = 0.01 } = {},
): Measurement[] {
  return values.map((value, index) => ({
    metric,
    atMs: fromMs + index * minuteMs,
    requests: value === null ? 0 : 100,
    ...(value === null
      ? { result: 'inconclusive', reason: 'the canary received no requests' }
      : { value, result: value > max ? 'fail' : 'pass' }),
  }));
}

export function measuredStage(
  weight: number,
  measurements: Measurement[],
  verdict: Verdict = { kind: 'pass', reasons: [] },
): StageStatus {
  return {
    weight,
    holdMs: 10 * minuteMs,
    state: verdict.kind === 'pass' ? 'passed' : 'failed',
    verdict,
    measurements,
    tallies: {},
    canaryRequests: 1000,
    canaryErrors: 3,
  };
}

export function errorRateSeries(...stages: StageStatus[]): MetricSeries {
  const [series] = seriesOf({ kind: 'canary', stages, metrics: [errorRate] });
  if (!series) throw new Error('nothing was measured');
  return series;
}
