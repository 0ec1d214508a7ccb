import type { PersonAct } from '../../../contracts/kernel/person-act.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { kindName } from '../kind-words.ts';
import { element } from '../../kernel/markup.ts';
import { utcMoment } from '../../kernel/moment.ts';
import { renderCharts } from './chart-section.ts';
import { htmlStyle } from '../../kernel/html/html-style.ts';
import { htmlTable } from '../../kernel/html/html-table.ts';
import type { ReportView } from './report-view.ts';
import { renderStageTable } from './stage-section.ts';

/**
 * A rollout as one HTML file that needs nothing else: no scripts, and a policy that would stop any.
 * Times are UTC.
 */
export function renderHtmlReport(view: ReportView, writtenAtMs: number): string {
  const title = `${view.environment}/${view.service} ${view.version}: ${view.standing}`;
  const body = [
    renderHeader(view),
    section('Stages', view.stages.length > 0 && renderStageTable(view)),
    section('Measured', renderCharts(view).join('\n')),
    section('Notes', view.notes.length > 0 && list(view.notes)),
    section('People', view.people.length > 0 && renderPeople(view.people)),
    section(view.endedAtMs === undefined ? 'Undo' : 'Undone', renderUndo(view)),
    element('footer', {}, `Written ${utcMoment(writtenAtMs)} by Belay. All times are UTC.`),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${htmlStyle}
</style>
</head>
<body>
<main>
${body.filter(Boolean).join('\n')}
</main>
</body>
</html>
`;
}

function renderHeader(view: ReportView): string {
  const { environment, service, previousVersion, version, standing, tone } = view;
  const change = previousVersion === undefined ? version : `${previousVersion} → ${version}`;
  const facts = factsOf(view).flatMap(([name, value]) => [
    element('dt', {}, escapeMarkup(name)),
    element('dd', {}, escapeMarkup(value)),
  ]);
  return element(
    'header',
    {},
    element('h1', {}, escapeMarkup(`${environment}/${service}  ${change}`)),
    element('p', {}, element('span', { class: `standing ${tone}` }, escapeMarkup(standing))),
    ...view.reasons.map((reason) => element('p', { class: 'reason' }, escapeMarkup(reason))),
    element('dl', {}, ...facts),
  );
}

function factsOf(view: ReportView): [name: string, value: string][] {
  const { startedAtMs, endedAtMs } = view;
  return [
    ['Kind', kindName(view.kind)],
    ['Started', utcMoment(startedAtMs)],
    ...(endedAtMs === undefined
      ? []
      : ([
          ['Ended', `${utcMoment(endedAtMs)}, after ${formatDuration(endedAtMs - startedAtMs)}`],
        ] satisfies [string, string][])),
    ['Rollout', view.rolloutId],
    ['Workflow', view.workflowId],
    ['Run', view.runId],
  ];
}

function renderPeople(people: readonly PersonAct[]): string {
  return htmlTable(
    [
      { title: 'At', set: 'fixed' },
      { title: 'Who' },
      { title: 'Did' },
      { title: 'Stage', set: 'number' },
      { title: 'Why', set: 'wide' },
    ],
    people.map(({ atMs, by = 'someone', verb, stage, why, ignored }) => [
      utcMoment(atMs),
      by,
      verb,
      stage === undefined ? '' : `${stage} %`,
      [...(why ? [`“${why}”`] : []), ...(ignored ? [`ignored: ${ignored}`] : [])].join(', '),
    ]),
  );
}

const undoTones = { armed: 'soft', done: 'good', failed: 'bad' } as const;

function renderUndo({ undo }: ReportView): string {
  if (undo.length === 0) return '';
  return htmlTable(
    [{ title: 'Step' }, { title: 'State', set: 'fixed' }, { title: 'Error', set: 'wide' }],
    undo.map(({ name, state, error = '' }) => [
      name,
      { text: state, tone: undoTones[state] },
      error,
    ]),
  );
}

function list(items: readonly string[]): string {
  return element('ul', {}, ...items.map((item) => element('li', {}, escapeMarkup(item))));
}

/** Nothing where there is nothing to say. */
function section(title: string, content: string | false): string {
  return content ? element('section', {}, element('h2', {}, title), content) : '';
}
