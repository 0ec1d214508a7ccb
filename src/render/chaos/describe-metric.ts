import { showValue } from '../../policies/chaos/measure.ts';
import type { HypothesisMetric, MetricSource } from '../../specs/chaos/metric.ts';
import { isTrackSource } from '../../specs/chaos/track-source.ts';
import type { StopCondition } from '../../specs/chaos/stop-condition.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Bounds } from '../kernel/chart/value-range.ts';

/** What a metric measures, and which agent measures it: `p99 of web, asked by outside`. */
export function describeSource(source: MetricSource): string {
  switch (source.of) {
    case 'errors':
      return `errors of ${source.probe.probe}, asked by ${source.probe.agent}`;
    case 'latency':
      return `p${source.percentile} of ${source.probe.probe}, asked by ${source.probe.agent}`;
    case 'query':
      return source.query;
    case 'failed':
      return 'requests that fail, experiment against control';
    case 'slow':
      return `requests above ${formatDuration(source.thanMs)}, experiment against control`;
  }
}

/** `at most 5%, at most 2 times the steady state` */
export function describeLimits({ source, limits }: Omit<HypothesisMetric, 'name'>): string {
  const { atMost, atLeast, timesSteady, aboveSteady } = limits;
  const show = (value: number) => showValue(source.of, value);
  const times = isTrackSource(source) ? source.test.tolerance : undefined;
  const ofControl =
    times === 1 ? 'no worse than the control' : `at most ${times} times the control`;
  return [
    ...(times === undefined ? [] : [ofControl]),
    ...(atMost === undefined ? [] : [`at most ${show(atMost)}`]),
    ...(atLeast === undefined ? [] : [`at least ${show(atLeast)}`]),
    ...(timesSteady === undefined ? [] : [`at most ${timesSteady} times the steady state`]),
    ...(aboveSteady === undefined
      ? []
      : [`at most ${show(aboveSteady)} more than the steady state`]),
  ].join(', ');
}

/** Its limits as two numbers, once it is known what is usual; the narrowest of several. */
export function boundsOf(
  { limits }: Pick<HypothesisMetric, 'limits'>,
  steady: number | undefined,
): Bounds {
  const { atMost, atLeast, timesSteady, aboveSteady } = limits;
  const upper = [
    ...(atMost === undefined ? [] : [atMost]),
    ...(timesSteady === undefined || steady === undefined ? [] : [timesSteady * steady]),
    ...(aboveSteady === undefined || steady === undefined ? [] : [aboveSteady + steady]),
  ];
  return {
    ...(atLeast !== undefined && { min: atLeast }),
    ...(upper.length > 0 && { max: Math.min(...upper) }),
  };
}

/** `answers above 50% for 10s` */
export function describeStops(
  stops: readonly StopCondition[],
  hypothesis: readonly HypothesisMetric[],
): string {
  if (stops.length === 0) return 'none';
  return stops
    .map(({ metric, above, below, overMs }) => {
      const { source } = hypothesis.find(({ name }) => name === metric) ?? {};
      const show = (value: number) => showValue(source?.of ?? 'query', value);
      const bounds = [
        ...(above === undefined ? [] : [`above ${show(above)}`]),
        ...(below === undefined ? [] : [`below ${show(below)}`]),
      ];
      return `${metric} ${bounds.join(' or ')} for ${formatDuration(overMs)}`;
    })
    .join('; ');
}
