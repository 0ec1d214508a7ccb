import { commandPath } from '../../kinds/command-name.ts';
import { incidentVerbs, type IncidentVerb } from '../../kinds/incident-verbs.ts';
import { inOrder } from '../../policies/recovery/incidents/timeline.ts';
import { objectiveText } from '../../render/recovery/render-postmortem.ts';
import type { KnownIncident } from '../incidents/read-incident.ts';
import { formatMoment, formatRunning, type Page } from './page.ts';
import { sections, titled } from './sections.ts';
import { renderTable } from './table.ts';

/** All that is known of an incident. */
export function renderIncidentPage(found: KnownIncident, page: Page): string {
  const { incident, status, report } = found;
  const { paint } = page;
  return sections([
    header(found, page),
    [
      `  ${report === undefined ? `Now: ${status?.now ?? ''}` : `${report.outcome}: ${report.reason}`}`,
    ],
    titled('Roles', table(Object.entries(incident.roles)), paint),
    titled(
      'Objectives',
      table(incident.objectives.map((each) => [each.name, objectiveText(each)])),
      paint,
    ),
    titled('Timeline', timeline(found, page), paint),
    titled(
      'Notes',
      table(
        incident.notes.map(({ about, text, owner = '', due = '' }) => [about, text, owner, due]),
      ),
      paint,
    ),
    titled('Around it', around(found, page), paint),
    titled('You can', choices(found, page), paint),
  ]);
}

function header(
  { subject, incident, status, report, workflowId, runRef }: KnownIncident,
  page: Page,
) {
  const { paint } = page;
  const phase = report?.outcome ?? status?.phase ?? '';
  const isCalm = report !== undefined || phase === 'mitigated' || phase === 'resolved';
  const next = status?.next;
  return [
    `${paint.bold(`${incident.severity.toUpperCase()} ${subject.environment}/${subject.name}`)}  ${(isCalm ? paint.green : paint.red)(phase)}`,
    paint.dim(`${workflowId}  run ${runRef}`),
    ...(next === undefined
      ? []
      : [
          paint.dim(
            `${next.what.replaceAll('-', ' ')} in ${formatRunning(Math.max(0, next.atMs - page.nowMs))}`,
          ),
        ]),
  ];
}

function timeline({ incident }: KnownIncident, page: Page): string[] {
  const rows = inOrder(incident.timeline).map(({ happenedAtMs, recordedAtMs, text, by = '' }) => [
    page.paint.dim(formatMoment(happenedAtMs, page)),
    text,
    by,
    happenedAtMs === recordedAtMs
      ? ''
      : page.paint.dim(`recorded ${formatMoment(recordedAtMs, page)}`),
  ]);
  const { timelineLeftOut: leftOut } = incident;
  return [...table(rows), ...(leftOut === 0 ? [] : [`    ${leftOut} entries are left out`])];
}

function around(
  { incident: { around: runs, aroundMissing } }: KnownIncident,
  page: Page,
): string[] {
  return [
    ...table(
      runs.map(({ endedAtMs, kind, workflowId, outcome, reason }) => [
        page.paint.dim(formatMoment(endedAtMs, page)),
        ...[workflowId, kind, outcome, reason],
      ]),
    ),
    ...(aroundMissing === undefined ? [] : [`    Some may be missing: ${aroundMissing}`]),
  ];
}

function choices({ status, workflowId }: KnownIncident, { paint }: Page): string[] {
  const offered = (status?.accepts ?? []).filter(
    (verb): verb is IncidentVerb =>
      verb in incidentVerbs && verb !== 'declare' && verb !== 'alertEnded',
  );
  return table(
    offered.map((verb) => {
      const { meaning } = incidentVerbs[verb];
      return [
        paint.bold(`belay ${commandPath(verb, incidentVerbs[verb])} ${workflowId}`),
        paint.dim(meaning),
      ];
    }),
  );
}

function table(rows: readonly (readonly string[])[]): string[] {
  return renderTable(rows, { indent: 4 });
}
