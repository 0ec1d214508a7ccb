import { htmlFacts, htmlList, htmlSection } from '../../kernel/html/html-page.ts';
import { htmlTable, type Cell } from '../../kernel/html/html-table.ts';
import { element } from '../../kernel/markup.ts';
import { utcMoment } from '../../kernel/moment.ts';
import { coursesOf } from '../chart/metric-course.ts';
import { renderCourse } from '../chart/render-course.ts';
import {
  askedFacts,
  failures,
  faultEvidence,
  faultFacts,
  metricRows,
  windowNames,
  windowTitles,
  type KnownExperiment,
  type MetricRow,
  type Seen,
} from '../experiment-view.ts';
import { seenText } from '../render-experiment-report.ts';

/** The same sections as HTML, with a chart of each metric. */
export function renderExperimentHtml(known: KnownExperiment): string[] {
  const asked = askedFacts(known);
  return [
    htmlSection('What was asked', asked.length > 0 && htmlFacts(asked)),
    htmlSection('What was measured', renderMeasured(known)),
    htmlSection('What became of the fault', htmlFacts(faultFacts(known)) + renderEvidence(known)),
  ];
}

function renderMeasured(known: KnownExperiment): string {
  const rows = metricRows(known);
  if (rows.length === 0) return '';
  const charts = coursesOf(known).map((course, index) =>
    element(
      'figure',
      {},
      element('div', { class: 'scroll' }, renderCourse(course, `metric-${index + 1}`)),
    ),
  );
  const why = failures(rows);
  return [renderRows(rows), why.length === 0 ? '' : htmlList(why), ...charts].join('\n');
}

function renderRows(rows: readonly MetricRow[]): string {
  return htmlTable(
    [
      { title: 'Metric' },
      { title: 'Measures', set: 'wide' },
      { title: 'Limit' },
      ...windowNames.map((window) => ({ title: titled(windowTitles[window]) })),
    ],
    rows.map(({ name, source, limits, seen }) => [
      ...[name, source, limits],
      ...windowNames.map((window) => seenCell(seen[window])),
    ]),
  );
}

const tones = { holds: 'good', fails: 'bad', 'no-data': 'waiting' } as const;

function seenCell(seen: Seen | undefined): Cell {
  return seen === undefined ? '' : { text: seenText(seen), tone: tones[seen.state] };
}

function renderEvidence(known: KnownExperiment): string {
  const rows = faultEvidence(known).map(({ atMs, what, source, value }) => [
    ...[utcMoment(atMs), what, source, value],
  ]);
  if (rows.length === 0) return '';
  return htmlTable(
    [
      { title: 'At', set: 'fixed' },
      { title: 'What' },
      { title: 'From' },
      { title: 'Saw', set: 'wide' },
    ],
    rows,
  );
}

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
