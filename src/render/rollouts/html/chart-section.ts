import { renderChart } from '../chart/render-chart.ts';
import { seriesOf, type MetricSeries, type TrackNames } from '../chart/metric-series.ts';
import { drawable } from '../../kernel/chart/value-range.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { isInPlace, trackName } from '../kind-words.ts';
import { element } from '../../kernel/markup.ts';
import { utcMoment } from '../../kernel/moment.ts';
import { htmlTable, type Column } from '../../kernel/html/html-table.ts';
import type { ReportView } from './report-view.ts';
import { verdictTones } from './stage-section.ts';

/** A chart for every metric, and its figures in full below it. */
export function renderCharts(view: ReportView): string[] {
  const tracks = trackNames(view);
  return seriesOf(view).map((series, index) => {
    const chart = renderChart(series, { id: `chart-${index + 1}`, tracks });
    return element('figure', {}, element('div', { class: 'scroll' }, chart), renderFigures(series));
  });
}

function trackNames({ kind, version, previousVersion = '' }: ReportView): TrackNames {
  return {
    judged: isInPlace(kind) ? version : `${trackName('canary', kind)} ${version}`,
    stable: `${trackName('stable', kind)} ${previousVersion}`.trim(),
  };
}

const columns: Column[] = [
  { title: 'At', set: 'fixed' },
  { title: 'Stage', set: 'fixed' },
  { title: 'Value', set: 'number' },
  { title: 'Stable', set: 'number' },
  { title: 'Requests', set: 'number' },
  { title: 'Result', set: 'fixed' },
  { title: 'Why', set: 'wide' },
];

function renderFigures({ metric, stages, format }: MetricSeries): string {
  const figure = (value: number | undefined, otherwise: string) =>
    drawable(value) ? format(value) : otherwise;
  const rows = stages.flatMap(({ name, points }) =>
    points.map(({ atMs, value, stable, requests, result, reason }) => [
      utcMoment(atMs),
      name,
      figure(value, 'no data'),
      figure(stable, ''),
      requests.toLocaleString('en-US'),
      { text: result, tone: verdictTones[result] },
      reason ?? '',
    ]),
  );
  const summary = `The figures of ${metric}`;
  return element(
    'details',
    {},
    element('summary', {}, escapeMarkup(summary)),
    htmlTable(columns, rows),
  );
}
