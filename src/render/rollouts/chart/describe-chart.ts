import type { Measurement } from '../../../contracts/rollouts/verdict.ts';
import { utcTime } from '../../kernel/moment.ts';
import type { MetricSeries, SeriesStage, TrackNames } from './metric-series.ts';
import { drawable } from '../../kernel/chart/value-range.ts';

type Format = MetricSeries['format'];

/** The chart's title: what is drawn against what. */
export function nameChart(
  { metric, bounds, stages, format }: MetricSeries,
  { judged, stable }: TrackNames,
): string {
  const hasStable = stages.some(({ points }) => points.some((point) => drawable(point.stable)));
  const against = [
    ...(hasStable ? [stable] : []),
    ...(['min', 'max'] as const).flatMap((bound) => {
      const value = bounds[bound];
      return drawable(value) ? [`${bound} ${format(value)}`] : [];
    }),
  ];
  return `${metric} of ${judged}${against.length > 0 ? `, beside ${against.join(' and ')}` : ''}`;
}

/** The chart in words, for who cannot see it. */
export function describeChart({ stages, format }: MetricSeries): string {
  return stages.map((stage) => describeStage(format, stage)).join(' ');
}

function describeStage(format: Format, { name, points, taken, decided }: SeriesStage): string {
  const missing = points.filter(({ value }) => !drawable(value)).length;
  const kept = taken > points.length ? `${points.length} of ${taken}` : taken;
  const said = [
    `${kept} ${taken === 1 ? 'measurement' : 'measurements'}`,
    ...(missing > 0 ? [`${missing} without data`] : []),
    ...span(format, points, ({ value }) => value),
    ...span(format, points, ({ stable }) => stable).map((text) => `stable ${text}`),
    ...(decided && drawable(decided.value)
      ? [`decided by ${format(decided.value)} at ${utcTime(decided.atMs)} UTC`]
      : []),
  ];
  return `${name}: ${said.join(', ')}.`;
}

function span(
  format: Format,
  points: readonly Measurement[],
  pick: (point: Measurement) => number | undefined,
): string[] {
  const values = points.map(pick).filter(drawable);
  if (values.length === 0) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)].map(format);
  return [low === high ? `always ${low}` : `${low} to ${high}`];
}
