import { chartStyle } from '../../kernel/chart/chart-style.ts';
import { unbrokenRuns, type TimedValue } from '../../kernel/chart/unbroken-runs.ts';
import { axisTicks, drawable, valueRange } from '../../kernel/chart/value-range.ts';
import { shorten } from '../../../policies/kernel/notifications/bounded-text.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { element, lineFrom, rounded, textAt } from '../../kernel/markup.ts';
import { utcDate, utcTime } from '../../kernel/moment.ts';
import { windowTitles } from '../experiment-view.ts';
import type { CoursePart, MetricCourse } from './metric-course.ts';

const width = 760;
const height = 240;
const margins = { right: 14, top: 60, bottom: 42 };
const charWidth = 7.3;

interface Plan {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (atMs: number) => number;
  y: (value: number) => number;
  ticks: number[];
}

/** One metric over time, with its limits and the time of the fault, as an SVG for a page. */
export function renderCourse(course: MetricCourse, id: string): string {
  const plan = planCourse(course);
  const [titleId, descId] = [`${id}-title`, `${id}-desc`];
  return element(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', class: 'belay-chart' },
      ...{ viewBox: `0 0 ${width} ${height}`, width, height },
      ...{ role: 'img', 'aria-labelledby': `${titleId} ${descId}` },
    },
    element('title', { id: titleId }, escapeMarkup(`${course.name}: ${course.source}`)),
    element('desc', { id: descId }, escapeMarkup(describe(course))),
    element('style', {}, `${chartStyle}\n${faultStyle}`),
    element('rect', { class: 'paper', width, height, rx: 6 }),
    textAt(12, 22, course.name, { class: 'name' }),
    textAt(12, 40, legend(course), { class: 'small' }),
    renderFault(course, plan),
    ...renderAxes(course, plan),
    ...renderBounds(course, plan),
    ...course.parts.map((part) => renderControl(part, course, plan)),
    ...course.parts.map((part) => renderPart(part, course, plan)),
  );
}

const faultStyle = `.belay-chart .fault { fill: #b91c1c; fill-opacity: 0.08; }
@media (prefers-color-scheme: dark) { .belay-chart .fault { fill: #f87171; fill-opacity: 0.14; } }`;

function planCourse({ parts, bounds, fault, format }: MetricCourse): Plan {
  const values = parts
    .flatMap(({ points, control = [] }) => [...points, ...control].map(({ value }) => value))
    .filter(drawable);
  const ticks = axisTicks(valueRange(values, bounds), format);
  const longest = Math.max(...ticks.map((value) => format(value).length));
  const [left, right] = [Math.ceil(16 + longest * charWidth), width - margins.right];
  const [top, bottom] = [margins.top, height - margins.bottom];
  const fromMs = Math.min(...parts.map((part) => part.fromMs), fault?.fromMs ?? Infinity);
  const toMs = Math.max(...parts.map((part) => part.toMs), fault?.toMs ?? -Infinity);
  const [lowest = 0, highest = 1] = [ticks[0], ticks.at(-1)];
  return {
    ...{ left, right, top, bottom, ticks },
    x: (atMs) => left + ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * (right - left),
    y: (value) => bottom - ((value - lowest) / (highest - lowest)) * (bottom - top),
  };
}

function renderFault({ fault }: MetricCourse, { x, top, bottom }: Plan): string {
  if (fault === undefined) return '';
  const [from, to] = [x(fault.fromMs), x(fault.toMs)];
  const band = { class: 'fault', x: from, y: top, width: to - from, height: bottom - top };
  const label = textAt((from + to) / 2, top - 6, 'fault', {
    ...{ class: 'small', 'text-anchor': 'middle' },
  });
  return element('rect', band) + label;
}

function renderAxes({ parts, format }: MetricCourse, plan: Plan): string[] {
  const { left, right, bottom, ticks, y } = plan;
  const [fromMs = 0, toMs = 0] = [parts[0]?.fromMs, parts.at(-1)?.toMs];
  const below = bottom + 18;
  return [
    ...ticks.flatMap((value) => [
      lineFrom(left, y(value), right, y(value), 'grid'),
      textAt(left - 8, y(value) + 4, format(value), { class: 'small', 'text-anchor': 'end' }),
    ]),
    textAt(left, below, `${utcDate(fromMs)} ${utcTime(fromMs)} UTC`, { class: 'small' }),
    textAt(right, below, utcTime(toMs), { class: 'small', 'text-anchor': 'end' }),
  ];
}

function renderBounds({ bounds }: MetricCourse, { left, right, y }: Plan): string[] {
  return [bounds.min, bounds.max]
    .filter(drawable)
    .map((bound) => lineFrom(left, y(bound), right, y(bound), 'bound'));
}

/** The line of the control in a window, below that of the experiment. */
function renderControl({ control = [] }: CoursePart, { format }: MetricCourse, plan: Plan): string {
  const known = drawnOf(control);
  const dots = known.flatMap(({ atMs, value }) => {
    if (value === undefined) return [];
    const hint = element('title', {}, escapeMarkup(`${utcTime(atMs)}: control ${format(value)}`));
    const place = { cx: plan.x(atMs), cy: plan.y(value), r: 2 };
    return [element('circle', { class: 'stable-dot', ...place }, hint)];
  });
  return dots.length === 0 ? '' : element('g', {}, ...linesOf(known, 'stable', plan), ...dots);
}

/** The line of a window, and a mark below the axis where nothing is known. */
function renderPart({ points }: CoursePart, { bounds, format }: MetricCourse, plan: Plan): string {
  const { x, y, bottom } = plan;
  const known = drawnOf(points);
  const dots = known.map(({ atMs, value }) => {
    const at = x(atMs);
    const said = value === undefined ? 'no data' : format(value);
    const hint = element('title', {}, escapeMarkup(`${utcTime(atMs)}: ${said}`));
    if (value === undefined) {
      const mark = { x1: at, x2: at, y1: bottom + 1, y2: bottom + 7, class: 'missing' };
      return element('line', mark, hint);
    }
    const { min = -Infinity, max = Infinity } = bounds;
    const kind = value > max || value < min ? 'dot fail' : 'dot';
    return element('circle', { class: kind, cx: at, cy: y(value), r: 2.5 }, hint);
  });
  return element('g', {}, ...linesOf(known, 'judged', plan), ...dots);
}

function drawnOf(points: readonly TimedValue[]): TimedValue[] {
  return points.map(({ atMs, value }) => ({
    ...{ atMs, value: drawable(value) ? value : undefined },
  }));
}

function linesOf(points: readonly TimedValue[], kind: string, { x, y }: Plan): string[] {
  return unbrokenRuns(points)
    .filter((run) => run.length > 1)
    .map((run) => {
      const places = run.map(({ atMs, value }) => `${rounded(x(atMs))},${rounded(y(value))}`);
      return element('polyline', { class: kind, points: places.join(' ') });
    });
}

/** A query may be longer than the chart is wide. */
const longestSource = 70;

function legend({ source, bounds, format, parts }: MetricCourse): string {
  const { min, max } = bounds;
  const hasControl = parts.some(({ control }) => control !== undefined);
  return [
    shorten(source, longestSource),
    ...(min === undefined ? [] : [`at least ${format(min)}`]),
    ...(max === undefined ? [] : [`at most ${format(max)}`]),
    ...(hasControl ? ['thin and grey: the control'] : []),
  ].join(', ');
}

/** The chart in words, for who cannot see it. */
function describe({ parts, format }: MetricCourse): string {
  return parts
    .map(({ window, points, control }) => {
      const ofControl = control === undefined ? '' : `, control ${spanOf(control, format)}`;
      return `${windowTitles[window]}: ${spanOf(points, format)}${ofControl}.`;
    })
    .join(' ');
}

function spanOf(points: readonly TimedValue[], format: MetricCourse['format']): string {
  const values = points.map(({ value }) => value).filter(drawable);
  if (values.length === 0) return 'no data';
  const [low, high] = [Math.min(...values), Math.max(...values)].map(format);
  return low === high ? `always ${low}` : `${low} to ${high}`;
}
