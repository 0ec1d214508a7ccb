import type { Measurement } from '../../../contracts/rollouts/verdict.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { utcTime } from '../../kernel/moment.ts';
import { labelCharWidth, type ChartPlan, type Panel } from './chart-plan.ts';
import { element, rounded, textAt } from '../../kernel/markup.ts';
import type { MetricSeries } from './metric-series.ts';
import { unbrokenRuns, type Known } from '../../kernel/chart/unbroken-runs.ts';
import { drawable } from '../../kernel/chart/value-range.ts';

type Format = MetricSeries['format'];

/** One stage: its name, its times, both lines with their gaps, and the point that decided. */
export function renderPanel(panel: Panel, plan: ChartPlan, format: Format): string {
  const { stage } = panel;
  const at = ({ atMs, value }: Known) => ({ x: panel.x(atMs), y: plan.y(value) });
  const runsOf = (pick: (point: Measurement) => number | undefined) =>
    unbrokenRuns(
      stage.points.map((point) => ({ atMs: point.atMs, value: finite(pick(point)) })),
    ).map((run) => run.map(at));
  const stable = runsOf((point) => point.stable);
  const judged = runsOf((point) => point.value);
  return element(
    'g',
    {},
    renderName(panel, plan),
    ...renderTimes(panel, plan),
    ...(judged.length === 0 ? [renderSilence(panel, plan)] : []),
    ...stable.map((run) => renderLine(run, 'stable')),
    ...stable.flatMap((run) => (run.length === 1 ? run.map((at) => dot(at, 'stable-dot', 2)) : [])),
    ...judged.map((run) => renderLine(run, 'judged')),
    ...stage.points.map((point) => renderPoint(point, panel, plan, format)),
    ...renderDecision(panel, plan, format),
  );
}

/** The stage, and how much of it is left to be drawn where there is room to say so. */
function renderName({ stage: { name, points, taken }, left, right }: Panel, { top }: ChartPlan) {
  const middle = { 'text-anchor': 'middle' };
  const kept = `  ${points.length} of ${taken}`;
  const hasRoom = right - left > (name.length + kept.length) * labelCharWidth;
  const isPart = points.length > 0 && taken > points.length;
  const note = isPart && hasRoom ? element('tspan', { class: 'note' }, kept) : '';
  const label = element('tspan', { class: 'stage' }, escapeMarkup(name)) + note;
  return element('text', { x: (left + right) / 2, y: top - 9, ...middle }, label);
}

interface Place {
  x: number;
  y: number;
}

function finite(value: number | undefined): number | undefined {
  return drawable(value) ? value : undefined;
}

function renderSilence({ left, right }: Panel, { top, bottom }: ChartPlan): string {
  const middle = { class: 'small', 'text-anchor': 'middle' };
  return textAt((left + right) / 2, (top + bottom) / 2, 'no data', middle);
}

/** A line of one point is its dot. */
function renderLine(run: readonly Place[], kind: string): string {
  if (run.length < 2) return '';
  const points = run.map(({ x, y }) => `${rounded(x)},${rounded(y)}`).join(' ');
  return element('polyline', { class: kind, points });
}

function dot({ x, y }: Place, kind: string, r: number, ...content: string[]): string {
  return element('circle', { class: kind, cx: x, cy: y, r }, ...content);
}

/** A dot with its figures to hover over; below the axis a mark for no data, with the reason. */
function renderPoint(
  point: Measurement,
  { x }: Panel,
  { y, bottom }: ChartPlan,
  format: Format,
): string {
  const at = x(point.atMs);
  const hint = element('title', {}, escapeMarkup(pointText(point, format)));
  if (drawable(point.value))
    return dot({ x: at, y: y(point.value) }, `dot ${point.result}`, 2.5, hint);
  const mark = { x1: at, x2: at, y1: bottom + 1, y2: bottom + 7, class: 'missing' };
  return element('line', mark, hint);
}

function pointText(point: Measurement, format: Format): string {
  const { atMs, value, stable, requests, result, reason } = point;
  return [
    `${utcTime(atMs)}: ${drawable(value) ? format(value) : 'no data'}`,
    ...(drawable(stable) ? [`stable ${format(stable)}`] : []),
    `${requests} requests`,
    reason ?? result,
  ].join(', ');
}

const ringRadius = 6;
const labelHeight = 10;

function renderDecision({ stage, left, x }: Panel, plan: ChartPlan, format: Format) {
  const { decided } = stage;
  if (!decided || !drawable(decided.value)) return [];
  const place = { x: x(decided.atMs), y: plan.y(decided.value) };
  const label = format(decided.value);
  const side = place.x - label.length * labelCharWidth - ringRadius > left ? -1 : 1;
  const isAbove = place.y - ringRadius - labelHeight > plan.top;
  const at = isAbove
    ? { x: place.x - side * ringRadius, y: place.y - ringRadius - 5 }
    : { x: place.x + side * (ringRadius + 4), y: place.y + 4 };
  const anchor = side < 0 ? 'end' : 'start';
  return [
    dot(place, 'decided', ringRadius),
    textAt(at.x, at.y, label, { class: 'stage halo', 'text-anchor': anchor }),
  ];
}

const timeLabelWidth = 60;

/** When the panel begins, and when it ends if there is room for both. */
function renderTimes({ stage: { fromMs, toMs }, left, right }: Panel, { bottom }: ChartPlan) {
  const y = bottom + 21;
  const end = textAt(right, y, utcTime(toMs), { class: 'small', 'text-anchor': 'end' });
  const hasRoom = right - left > 2 * timeLabelWidth && toMs > fromMs;
  return [textAt(left, y, utcTime(fromMs), { class: 'small' }), ...(hasRoom ? [end] : [])];
}
