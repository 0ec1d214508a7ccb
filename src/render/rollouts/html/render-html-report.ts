import { formatDuration } from '../../../specs/kernel/duration.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { kindName } from '../kind-words.ts';
import { element } from '../../kernel/markup.ts';
import { utcMoment } from '../../kernel/moment.ts';
import { renderCharts } from './chart-section.ts';
import { htmlFacts, htmlList, htmlPage, htmlSection } from '../../kernel/html/html-page.ts';
import { htmlPeople, htmlUndo } from '../../kernel/html/html-people.ts';
import type { ReportView } from './report-view.ts';
import { renderStageTable } from './stage-section.ts';

/**
 * A rollout as one HTML file that needs nothing else: no scripts, and a policy that would stop any.
 * Times are UTC.
 */
export function renderHtmlReport(view: ReportView, writtenAtMs: number): string {
  const title = `${view.environment}/${view.service} ${view.version}: ${view.standing}`;
  const parts = [
    renderHeader(view),
    htmlSection('Stages', view.stages.length > 0 && renderStageTable(view)),
    htmlSection('Measured', renderCharts(view).join('\n')),
    htmlSection('Notes', view.notes.length > 0 && htmlList(view.notes)),
    htmlSection('People', view.people.length > 0 && htmlPeople(view.people)),
    htmlSection(view.endedAtMs === undefined ? 'Undo' : 'Undone', htmlUndo(view.undo)),
  ];
  return htmlPage(title, parts, writtenAtMs);
}

function renderHeader(view: ReportView): string {
  const { environment, service, previousVersion, version, standing, tone } = view;
  const change = previousVersion === undefined ? version : `${previousVersion} → ${version}`;
  return element(
    'header',
    {},
    element('h1', {}, escapeMarkup(`${environment}/${service}  ${change}`)),
    element('p', {}, element('span', { class: `standing ${tone}` }, escapeMarkup(standing))),
    ...view.reasons.map((reason) => element('p', { class: 'reason' }, escapeMarkup(reason))),
    htmlFacts(factsOf(view)),
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
