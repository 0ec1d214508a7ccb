import type { StageStatus } from '../../../contracts/rollouts/status.ts';
import type { Measurement } from '../../../contracts/rollouts/verdict.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import type { ReportedKind } from '../../../contracts/rollouts/report.ts';
import { stageName } from '../stage-words.ts';
import { formatMeasured } from '../measured.ts';
import { drawable, type Bounds } from '../../kernel/chart/value-range.ts';

/** One metric over every stage that measured anything. */
export interface MetricSeries {
  metric: string;
  bounds: Bounds;
  stages: SeriesStage[];
  /** A value with its unit. */
  format: (value: number) => string;
}

export interface SeriesStage {
  name: string;
  /** First and last measurement of any metric: the charts of a rollout line up. */
  fromMs: number;
  toMs: number;
  /** Most measurements of any metric. */
  slots: number;
  points: Measurement[];
  /** How many there were, of which so many are kept that the course shows. */
  taken: number;
  /** The measurement that this stage failed by. */
  decided?: Measurement;
}

/** What is judged and what it is held against, as people call them: `canary v2`, `stable v1`. */
export interface TrackNames {
  judged: string;
  stable: string;
}

interface MeasuredRollout {
  kind: ReportedKind;
  stages: readonly StageStatus[];
  metrics: readonly MetricSpec[];
}

/** Every metric of a rollout, in the spec's order. */
export function seriesOf({ kind, stages, metrics }: MeasuredRollout): MetricSeries[] {
  const measured = stages.filter(({ measurements }) => measurements.length > 0);
  const taken = measured.flatMap(({ measurements }) => measurements.map(({ metric }) => metric));
  const inOrder = metrics.map(({ name }) => name).filter((name) => taken.includes(name));
  return [...new Set([...inOrder, ...taken])].map((metric) => {
    const spec = metrics.find(({ name }) => name === metric);
    return {
      metric,
      bounds: spec ?? {},
      stages: measured.map((stage) => seriesStage(kind, stage, metric)),
      format: (value) => formatMeasured(spec ?? metric, value),
    };
  });
}

function seriesStage(kind: ReportedKind, stage: StageStatus, metric: string): SeriesStage {
  const { weight, measurements, tallies } = stage;
  const points = pointsOf(measurements, metric);
  const times = measurements.map(({ atMs }) => atMs);
  const { passed = 0, failed = 0, noData = 0 } = tallies[metric] ?? {};
  const decided = decidingPoint(stage, metric, points);
  return {
    name: stageName(kind, weight),
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
    slots: Math.max(
      ...new Set(measurements.map((each) => pointsOf(measurements, each.metric).length)),
    ),
    points,
    taken: Math.max(points.length, passed + failed + noData),
    ...(decided && { decided }),
  };
}

function pointsOf(measurements: readonly Measurement[], metric: string): Measurement[] {
  return measurements.filter((each) => each.metric === metric);
}

/** The last one out of bounds; where counts decide, and no interval does by itself, the last one. */
function decidingPoint(
  { verdict }: StageStatus,
  metric: string,
  points: readonly Measurement[],
): Measurement | undefined {
  if (verdict?.kind !== 'fail') return undefined;
  if (!verdict.reasons.some((reason) => isAbout(reason, metric))) return undefined;
  const known = points.filter(({ value }) => drawable(value));
  return known.findLast(({ result }) => result === 'fail') ?? known.at(-1);
}

/** Reasons begin with the metric they are about. */
function isAbout(reason: string, metric: string): boolean {
  return reason.startsWith(`${metric} `) || reason.startsWith(`${metric}:`);
}
