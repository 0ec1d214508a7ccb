import type { RunReport } from '../../../contracts/kernel/report.ts';
import type { RunStatus, StepStatus } from '../../../contracts/kernel/run.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { escapeMarkup } from '../escape-markup.ts';
import { element } from '../markup.ts';
import { utcMoment } from '../moment.ts';
import { htmlFacts, htmlList, htmlPage, htmlSection } from './html-page.ts';
import { htmlPeople, htmlUndo } from './html-people.ts';
import { htmlTable } from './html-table.ts';

export interface HtmlRun {
  run: RunStatus | RunReport;
  /** As what it is shown: an outcome that was meant to be, another one, or none yet. */
  tone: 'good' | 'bad' | 'open';
  /** What its family has to say, before the steps: sections of HTML. */
  own?: readonly string[];
}

/** A run of any kind, open or closed, as one HTML file. Times are UTC. */
export function renderRunHtml({ run, tone, own = [] }: HtmlRun, writtenAtMs: number): string {
  const { subject, kind, reason, steps = [] } = run;
  const standing = run.outcome ?? ('phase' in run ? run.phase : '');
  const name = `${subject.environment}/${subject.name}`;
  const words = 'now' in run ? [run.now] : [];
  const header = element(
    'header',
    {},
    element('h1', {}, escapeMarkup(`${name}  ${kind}`)),
    element('p', {}, element('span', { class: `standing ${tone}` }, escapeMarkup(standing))),
    ...[...words, ...(reason === undefined ? [] : [reason])].map((text) =>
      element('p', { class: 'reason' }, escapeMarkup(text)),
    ),
    htmlFacts(factsOf(run)),
  );
  const notes = 'notes' in run ? run.notes : [];
  const isClosed = 'endedAtMs' in run;
  const parts = [
    header,
    ...own,
    htmlSection('Steps', steps.length > 0 && renderSteps(steps)),
    htmlSection('Evidence', renderEvidence(steps)),
    htmlSection('Notes', notes.length > 0 && htmlList(notes)),
    htmlSection('People', run.people.length > 0 && htmlPeople(run.people)),
    htmlSection(isClosed ? 'Undone' : 'Undo', htmlUndo(run.undo)),
  ];
  return htmlPage(`${name} ${kind}: ${standing}`, parts, writtenAtMs);
}

function factsOf(run: RunStatus | RunReport): [name: string, value: string][] {
  const facts: [string, string][] = [['Started', utcMoment(run.startedAtMs)]];
  if ('endedAtMs' in run) {
    const took = formatDuration(run.endedAtMs - run.startedAtMs);
    facts.push(['Ended', `${utcMoment(run.endedAtMs)}, after ${took}`]);
    if (run.startedBy !== undefined) facts.push(['Asked for by', run.startedBy]);
  }
  return [...facts, ['Run', run.runRef], ['Workflow', run.workflowId], ['Workflow run', run.runId]];
}

const stepTones = {
  ...{ pending: 'soft', skipped: 'soft', active: 'open' },
  ...{ done: 'good', stopped: 'waiting', failed: 'bad' },
} as const satisfies Record<StepStatus['state'], string>;

function renderSteps(steps: readonly StepStatus[]): string {
  return htmlTable(
    [{ title: 'Step' }, { title: 'State' }, { title: 'Took', set: 'number' }, { title: 'By' }],
    steps.map(({ name, state, startedAtMs, endedAtMs, by = '' }) => [
      name,
      { text: state, tone: stepTones[state] },
      startedAtMs === undefined || endedAtMs === undefined
        ? ''
        : formatDuration(endedAtMs - startedAtMs),
      by,
    ]),
  );
}

function renderEvidence(steps: readonly StepStatus[]): string {
  const rows = steps.flatMap(({ name, evidence }) =>
    evidence.map(({ what, value, threshold = '', source, atMs }) => [
      name,
      what,
      value,
      threshold,
      source,
      utcMoment(atMs),
    ]),
  );
  if (rows.length === 0) return '';
  return htmlTable(
    [
      { title: 'Step' },
      { title: 'What' },
      { title: 'Value' },
      { title: 'Wanted' },
      { title: 'From', set: 'wide' },
      { title: 'At', set: 'fixed' },
    ],
    rows,
  );
}
