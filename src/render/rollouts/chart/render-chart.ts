import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { utcDate } from '../../kernel/moment.ts';
import { chartStyle } from '../../kernel/chart/chart-style.ts';
import { planChart, type ChartPlan } from './chart-plan.ts';
import { describeChart, nameChart } from './describe-chart.ts';
import { renderLegend } from './legend.ts';
import { element, lineFrom, textAt } from '../../kernel/markup.ts';
import type { MetricSeries, TrackNames } from './metric-series.ts';
import { renderPanel } from './panel.ts';
import { drawable } from '../../kernel/chart/value-range.ts';

export interface ChartOptions {
  /** Unlike every other ID of the document the chart is put into. */
  id: string;
  tracks: TrackNames;
}

/** One metric over all stages as an SVG that stands alone and can be put into a page. */
export function renderChart(series: MetricSeries, { id, tracks }: ChartOptions): string {
  const plan = planChart(series);
  const { width, height } = plan;
  const titleId = `${id}-title`;
  const descId = `${id}-desc`;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'belay-chart',
      viewBox: `0 0 ${Math.ceil(width)} ${height}`,
      width: Math.ceil(width),
      height,
      role: 'img',
      'aria-labelledby': `${titleId} ${descId}`,
    },
    element('title', { id: titleId }, escapeMarkup(nameChart(series, tracks))),
    element('desc', { id: descId }, escapeMarkup(describeChart(series))),
    element('style', {}, chartStyle),
    element('rect', { class: 'paper', width, height, rx: 6 }),
    textAt(12, 22, series.metric, { class: 'name' }),
    renderLegend(series, tracks),
    ...renderAxes(plan),
    ...renderBounds(series, plan),
    ...plan.panels.map((panel) => renderPanel(panel, plan, series.format)),
  );
}

function renderAxes({ left, right, bottom, top, height, ticks, panels }: ChartPlan): string[] {
  return [
    ...ticks.flatMap(({ label, y }) => [
      lineFrom(left, y, right, y, 'grid'),
      textAt(left - 8, y + 4, label, { class: 'small', 'text-anchor': 'end' }),
    ]),
    ...panels.slice(1).map((panel, index) => {
      const x = ((panels[index]?.right ?? panel.left) + panel.left) / 2;
      return lineFrom(x, top - 20, x, bottom + 20, 'edge');
    }),
    textAt(left, height - 9, `UTC, ${datesOf(panels)}`, { class: 'small' }),
  ];
}

function datesOf(panels: ChartPlan['panels']): string {
  const dates = panels.flatMap(({ stage: { fromMs, toMs } }) => [utcDate(fromMs), utcDate(toMs)]);
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

function renderBounds({ bounds }: MetricSeries, { left, right, y }: ChartPlan): string[] {
  return [bounds.min, bounds.max]
    .filter(drawable)
    .map((bound) => lineFrom(left, y(bound), right, y(bound), 'bound'));
}
