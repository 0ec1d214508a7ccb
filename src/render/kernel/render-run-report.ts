import type { PersonAct } from '../../contracts/kernel/person-act.ts';
import type { RunReport, UndoStep } from '../../contracts/kernel/report.ts';
import type { StepStatus } from '../../contracts/kernel/run.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { inCell } from './markdown.ts';
import { utcMoment } from './moment.ts';

/**
 * The report of a closed run of any kind as Markdown: steps with their evidence, and before them what
 * its family has to say. Times are UTC.
 */
export function renderRunReport(report: RunReport, own: readonly string[] = []): string {
  const { subject, kind, outcome, steps = [] } = report;
  return [
    [`# ${subject.environment}/${subject.name}: ${kind}: ${outcome}`],
    [report.reason],
    facts(report),
    ...own.map((part) => [part]),
    listed('Notes', report.notes.map(inCell)),
    stepTable(steps, report.stepsLeftOut),
    evidenceTable(steps),
    listed('People', report.people.map(personLine)),
    listed('Undone', report.undo.map(undoLine)),
  ]
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

function facts({ startedAtMs, endedAtMs, startedBy, startedWhy, ...report }: RunReport): string[] {
  const took = formatDuration(endedAtMs - startedAtMs);
  const why = startedWhy === undefined ? '' : `: ${startedWhy}`;
  return [
    `- ${utcMoment(startedAtMs)} to ${utcMoment(endedAtMs)}, ${took}`,
    ...(startedBy === undefined ? [] : [`- asked for by ${inCell(`${startedBy}${why}`)}`]),
    `- run \`${report.runRef}\`, workflow \`${report.workflowId}\`, \`${report.runId}\``,
  ];
}

function stepTable(steps: readonly StepStatus[], leftOut: number | undefined): string[] {
  if (steps.length === 0) return [];
  return [
    '## Steps',
    '',
    ...(leftOut === undefined ? [] : [`${leftOut} earlier steps are left out.`, '']),
    '| step | state | took | by |',
    '|---|---|---:|---|',
    ...steps.map(({ name, state, startedAtMs, endedAtMs, by = '' }) => {
      const took =
        startedAtMs === undefined || endedAtMs === undefined
          ? ''
          : formatDuration(endedAtMs - startedAtMs);
      return row([name, state, took, by]);
    }),
  ];
}

function evidenceTable(steps: readonly StepStatus[]): string[] {
  const read = steps.flatMap(({ name, evidence }) =>
    evidence.map(({ what, source, atMs, value, threshold = '' }) =>
      row([utcMoment(atMs), name, what, value, threshold, source]),
    ),
  );
  if (read.length === 0) return [];
  return [
    '## Evidence',
    '',
    '| at | step | what | value | wanted | from |',
    '|---|---|---|---|---|---|',
    ...read,
  ];
}

function personLine({ atMs, verb, by, why, ignored }: PersonAct): string {
  return [
    `${utcMoment(atMs)} ${by ?? 'someone'}: ${verb}`,
    ...(why === undefined ? [] : [`"${inCell(why)}"`]),
    ...(ignored === undefined ? [] : [`ignored: ${inCell(ignored)}`]),
  ].join(', ');
}

function undoLine({ name, state, error }: UndoStep): string {
  return error === undefined ? `${name}: ${state}` : `${name}: ${state}, ${inCell(error)}`;
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, '', ...items.map((item) => `- ${item}`)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(inCell).join(' | ')} |`;
}
