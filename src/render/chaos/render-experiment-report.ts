import { inCell } from '../kernel/markdown.ts';
import { utcMoment } from '../kernel/moment.ts';
import {
  askedFacts,
  failures,
  faultEvidence,
  faultFacts,
  metricRows,
  windowNames,
  windowTitles,
  type Fact,
  type KnownExperiment,
  type MetricRow,
  type Seen,
} from './experiment-view.ts';
import { markdownTable } from './markdown-table.ts';

/** What the report of an experiment says beyond its steps, as sections of Markdown. */
export function renderExperimentReport(known: KnownExperiment): string[] {
  const rows = metricRows(known);
  return [
    section('What was asked', factLines(askedFacts(known))),
    section('What was measured', measured(rows)),
    section('What became of the fault', [...factLines(faultFacts(known)), ...evidenceTable(known)]),
  ].filter((part) => part !== '');
}

function measured(rows: readonly MetricRow[]): string[] {
  if (rows.length === 0) return [];
  const titles = ['metric', 'measures', 'limit', ...windowNames.map((each) => windowTitles[each])];
  const table = markdownTable(
    titles,
    rows.map(({ name, source, limits, seen }) => [
      ...[name, source, limits],
      ...windowNames.map((window) => seenText(seen[window])),
    ]),
  );
  const why = failures(rows).map((line) => `- ${inCell(line)}`);
  return why.length === 0 ? table : [...table, '', ...why];
}

/** `12ms, holds` */
export function seenText(seen: Seen | undefined): string {
  if (seen === undefined) return '';
  const state = seen.state === 'no-data' ? 'too little data' : seen.state;
  return seen.value === '' || seen.state === 'no-data' ? state : `${seen.value}, ${state}`;
}

function evidenceTable(known: KnownExperiment): string[] {
  const rows = faultEvidence(known).map(({ atMs, what, source, value }) => [
    ...[utcMoment(atMs), what, source, value],
  ]);
  return rows.length === 0 ? [] : ['', ...markdownTable(['at', 'what', 'from', 'saw'], rows)];
}

function factLines(facts: readonly Fact[]): string[] {
  return facts.map(([name, value]) => `- ${name}: ${inCell(value)}`);
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`## ${title}`, '', ...lines].join('\n');
}
