import stringWidth from 'string-width';
import type { RolloutStatus, StageStatus } from '../../contracts/rollouts/status.ts';
import type { Measurement, VerdictKind } from '../../contracts/rollouts/verdict.ts';
import { sparkline } from '../../render/rollouts/chart/sparkline.ts';
import { drawable } from '../../render/kernel/chart/value-range.ts';
import { formatBounds, formatMeasured } from '../../render/rollouts/measured.ts';
import type { Page, Paint } from './page.ts';
import { renderTable } from './table.ts';
import { paintVerdict } from './verdict.ts';

/** The stage that was measured last: the active one once it has a measurement. */
export function lastMeasured(stages: RolloutStatus['stages']): StageStatus | undefined {
  return stages.findLast(({ measurements }) => measurements.length > 0);
}

/** What a metric's line is made of, each part empty where there is nothing to say. */
type Parts = Record<
  'metric' | 'value' | 'stable' | 'bounds' | 'verdict' | 'tally' | 'reason',
  string
>;
interface Figures extends Parts {
  spark: (width: number) => string;
}

/** From the widest to the narrowest: what stands in a metric's line, and what below it. */
const layouts: readonly { beside: readonly (keyof Parts)[]; below: readonly (keyof Parts)[] }[] = [
  { beside: ['value', 'stable', 'bounds', 'verdict', 'tally', 'reason'], below: [] },
  { beside: ['value', 'stable', 'bounds', 'verdict', 'tally'], below: ['reason'] },
  { beside: ['value', 'stable', 'bounds', 'verdict'], below: ['reason'] },
  { beside: ['value', 'stable', 'verdict'], below: ['reason'] },
  { beside: ['value', 'verdict'], below: ['stable', 'reason'] },
  { beside: ['value'], below: ['verdict', 'stable', 'reason'] },
];

const indent = 4;
const longestSpark = 24;
const shortestSpark = 8;

/**
 * The course and the newest value of each metric at this stage, beside stable's, its bounds and
 * its tally so far: as much of it as the page is wide.
 */
export function renderMetrics(
  stage: StageStatus,
  metrics: RolloutStatus['metrics'],
  page: Page,
): string[] {
  const specs = new Map(metrics?.map((metric) => [metric.name, metric]));
  const figures = newestPerMetric(stage.measurements).map((newest): Figures => {
    const { metric, value, stable, result, reason = '' } = newest;
    const spec = specs.get(metric);
    const { paint } = page;
    const format = (value: number) => formatMeasured(spec ?? metric, value);
    return {
      metric,
      value: drawable(value) ? format(value) : 'no data',
      stable: drawable(stable) ? paint.dim(`stable ${format(stable)}`) : '',
      bounds: spec ? paint.dim(formatBounds(spec)) : '',
      verdict: paintVerdict(result, paint),
      tally: tallyText(stage, metric, paint),
      reason,
      spark: (width) =>
        sparkline(
          stage.measurements.filter((each) => each.metric === metric),
          { ...(spec && { bounds: spec }), width, paint: sparkPaint(paint) },
        ),
    };
  });
  return layOut(figures, page);
}

function layOut(figures: readonly Figures[], { columns = Infinity }: Page): string[] {
  const longest = Math.max(0, ...figures.map(({ spark }) => stringWidth(spark(longestSpark))));
  for (const { beside, below } of layouts) {
    const room = columns - widthOf(renderLines(figures, beside, 0)) - 2;
    if (room < Math.min(longest, shortestSpark)) continue;
    const rows = renderLines(figures, beside, Math.min(longestSpark, room));
    return figures.flatMap((each, index) => [rows[index] ?? '', ...belowLines(each, below)]);
  }
  const { beside, below } = layouts.at(-1) ?? { beside: [], below: [] };
  const width = Math.max(0, Math.min(longestSpark, columns - indent - 2));
  const rows = renderLines(figures, beside, 0);
  return figures.flatMap((each, index) => [
    rows[index] ?? '',
    ...(width > 0 ? [belowLine(each.spark(width))] : []),
    ...belowLines(each, below),
  ]);
}

function renderLines(
  figures: readonly Figures[],
  beside: readonly (keyof Parts)[],
  sparkWidth: number,
): string[] {
  const used = beside.filter((part) => figures.some((each) => each[part] !== ''));
  const rows = figures.map((each) => [
    each.metric,
    ...(sparkWidth > 0 ? [each.spark(sparkWidth)] : []),
    ...used.map((part) => each[part]),
  ]);
  return renderTable(rows, { indent, right: sparkWidth > 0 ? [1, 2] : [1] });
}

function belowLines(figures: Figures, below: readonly (keyof Parts)[]): string[] {
  return below.flatMap((part) => (figures[part] === '' ? [] : [belowLine(figures[part])]));
}

function belowLine(text: string): string {
  return ' '.repeat(indent + 2) + text;
}

function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => stringWidth(line)));
}

function sparkPaint(paint: Paint) {
  return (character: string, result: VerdictKind): string => {
    switch (result) {
      case 'pass':
        return paint.cyan(character);
      case 'fail':
        return paint.red(character);
      case 'inconclusive':
        return paint.yellow(character);
    }
  };
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
