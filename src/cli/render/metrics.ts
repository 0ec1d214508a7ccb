import type { RolloutStatus, StageStatus } from '../../contracts/status.ts';
import type { Measurement } from '../../contracts/verdict.ts';
import { formatBounds, formatMeasured } from '../../policies/report/measured.ts';
import type { Page, Paint } from './page.ts';
import { renderTable } from './table.ts';
import { paintVerdict } from './verdict.ts';

/** The stage that was measured last: the active one once it has a measurement. */
export function lastMeasured(stages: RolloutStatus['stages']): StageStatus | undefined {
  return stages.findLast(({ measurements }) => measurements.length > 0);
}

/** The newest value of each metric at this stage, beside its bounds and its tally so far. */
export function renderMetrics(
  stage: StageStatus,
  metrics: RolloutStatus['metrics'],
  { paint }: Page,
): string[] {
  const bounds = new Map(metrics?.map((metric) => [metric.name, formatBounds(metric)]));
  const rows = newestPerMetric(stage.measurements).map((newest) => [
    newest.metric,
    newest.value === undefined ? 'no data' : formatMeasured(newest.metric, newest.value),
    paint.dim(bounds.get(newest.metric) ?? ''),
    paintVerdict(newest.result, paint),
    tallyText(stage, newest.metric, paint),
    newest.reason ?? '',
  ]);
  return renderTable(rows, { indent: 4, right: [1] });
}

function newestPerMetric(measurements: readonly Measurement[]): Measurement[] {
  return [...new Map(measurements.map((each) => [each.metric, each])).values()];
}

function tallyText({ tallies }: StageStatus, metric: string, paint: Paint): string {
  const tally = tallies[metric];
  if (!tally) return '';
  const { passed, failed, noData } = tally;
  return [
    paint.dim(`${passed} passed`),
    ...(failed > 0 ? [paint.red(`${failed} failed`)] : []),
    ...(noData > 0 ? [paint.yellow(`${noData} without data`)] : []),
  ].join(paint.dim(', '));
}
