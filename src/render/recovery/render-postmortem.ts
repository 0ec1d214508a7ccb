import type {
  IncidentDetails,
  MeasuredObjective,
  RunAround,
} from '../../contracts/recovery/incident.ts';
import type { Subject } from '../../kinds/kind.ts';
import type { IncidentMoment, IncidentTopic } from '../../kinds/incident-words.ts';
import { momentOf } from '../../policies/recovery/incidents/moments.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { inCell } from '../kernel/markdown.ts';
import { utcMoment } from '../kernel/moment.ts';

/** What a postmortem is about. */
export interface PostmortemSource {
  subject: Subject;
  workflowId: string;
  runId: string;
  runRef: string;
  incident: IncidentDetails;
}

/** Where a run can be seen; undefined where nobody knows. */
export type LinkOf = (run: { workflowId: string; runId: string }) => string | undefined;

/** The draft of a postmortem as Markdown: what was recorded, and nothing else. Times are UTC. */
export function renderPostmortem(source: PostmortemSource, linkOf: LinkOf): string {
  const { incident } = source;
  const notesOn = (about: IncidentTopic, empty: string) => notes(incident, about, empty);
  return [
    `# Postmortem: ${inCell(incident.summary)}`,
    section('Overview', overview(source, linkOf)),
    section('What happened', notesOn('happened', 'Nobody has written down what happened.')),
    section('Contributing factors', notesOn('factor', 'Nobody has written down any.')),
    section('Resolution', resolution(incident)),
    section('Impact', impact(incident)),
    section('Responders', responders(incident)),
    section('Timeline', timeline(incident, linkOf)),
    section('What went well', notesOn('well', 'Nobody has written down anything.')),
    section('What went badly', notesOn('badly', 'Nobody has written down anything.')),
    section('Action items', actions(incident)),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, '', ...lines].join('\n');
}

function overview(
  { subject, workflowId, runId, runRef, incident }: PostmortemSource,
  linkOf: LinkOf,
): string[] {
  const { severity, services, postmortem } = incident;
  const link = linkOf({ workflowId, runId });
  return [
    '| | |',
    '|---|---|',
    row('incident', link === undefined ? workflowId : `[${workflowId}](${link})`),
    row('run', runRef),
    row('severity', severity.toUpperCase()),
    row('environment', subject.environment),
    row('services', services.join(', ')),
    ...overviewMoments.map(([moment, words]) => row(words, momentText(incident, moment))),
    ...incident.objectives.map((objective) => row(objective.name, objectiveText(objective))),
    ...(postmortem === undefined ? [] : [row('postmortem due', utcMoment(postmortem.dueAtMs))]),
  ];
}

const overviewMoments: readonly (readonly [IncidentMoment, string])[] = [
  ['impact', 'impact began'],
  ['detect', 'detected'],
  ['declare', 'declared'],
  ['ack', 'acknowledged'],
  ['mitigated', 'mitigated'],
  ['writeOk', 'writes again'],
  ['trafficOk', 'traffic again'],
  ['resolved', 'resolved'],
];

function momentText({ moments }: IncidentDetails, moment: IncidentMoment): string {
  const versions = moments[moment] ?? [];
  const last = versions.at(-1);
  if (last === undefined) return 'not recorded';
  const corrected =
    versions.length > 1
      ? ` (corrected by ${last.by}${last.why === undefined ? '' : `: ${last.why}`}; before ${versions
          .slice(0, -1)
          .map(({ happenedAtMs }) => utcMoment(happenedAtMs))
          .join(', ')})`
      : '';
  return `${utcMoment(last.happenedAtMs)}${corrected}`;
}

export function objectiveText({
  objectiveMs,
  measuredMs,
  verdict,
  how,
}: MeasuredObjective): string {
  const bound =
    objectiveMs === undefined ? 'no objective' : `at most ${formatDuration(objectiveMs)}`;
  const measured =
    measuredMs === undefined
      ? `unmeasured: ${how}`
      : `${formatDuration(measuredMs) || '0s'} ${how}`;
  return objectiveMs === undefined ? `${measured} (${bound})` : `${measured}; ${bound}: ${verdict}`;
}

function resolution(incident: IncidentDetails): string[] {
  const { moments } = incident;
  const said = (['mitigated', 'resolved'] as const).flatMap((moment) => {
    const version = moments[moment]?.at(-1);
    if (version === undefined) return [];
    const why = version.why === undefined ? '' : `: ${inCell(version.why)}`;
    return [`- ${moment} ${utcMoment(version.happenedAtMs)} by ${inCell(version.by)}${why}`];
  });
  const written = notes(incident, 'resolution', '');
  return said.length + written.length === 0 ? ['It is not resolved.'] : [...said, ...written];
}

function impact(incident: IncidentDetails): string[] {
  const { moments } = incident;
  const fromMs = momentOf(moments, 'impact');
  const untilMs = momentOf(moments, 'mitigated');
  const lasted =
    fromMs === undefined || untilMs === undefined
      ? `- How long users suffered is not known: ${fromMs === undefined ? 'nobody recorded when it began' : 'it is not mitigated'}.`
      : `- Users suffered for ${formatDuration(Math.max(0, untilMs - fromMs)) || '0s'}, from ${utcMoment(fromMs)} to ${utcMoment(untilMs)}.`;
  return [
    lasted,
    ...notes(incident, 'impact', 'Nobody has written down who was affected, and how.'),
  ];
}

function responders({ roles, timeline }: IncidentDetails): string[] {
  const withRole = Object.entries(roles).map(([role, person]) => `- ${role}: ${inCell(person)}`);
  const named = new Set(Object.values(roles));
  const others = new Set(
    timeline.flatMap(({ by, isMilestone }) => (by !== undefined && isMilestone ? [by] : [])),
  );
  const more = [...others]
    .filter((person) => !named.has(person))
    .map((person) => `- ${inCell(person)}`);
  const all = [...withRole, ...more];
  return all.length === 0 ? ['Nobody has responded.'] : all;
}

interface Row {
  atMs: number;
  recordedAtMs: number;
  text: string;
  from: string;
}

function timeline(
  { timeline: entries, timelineLeftOut, around, aroundMissing }: IncidentDetails,
  linkOf: LinkOf,
): string[] {
  const rows: Row[] = [
    ...entries
      .filter(({ isMilestone }) => isMilestone)
      .map(({ happenedAtMs, recordedAtMs, text, by = '' }) => ({
        ...{ atMs: happenedAtMs, recordedAtMs, text, from: by },
      })),
    ...around.flatMap((run) => rowsOfRun(run, linkOf)),
  ].sort((one, other) => one.atMs - other.atMs);
  const shown = rows.map(({ atMs, recordedAtMs, text, from }) =>
    row(utcMoment(atMs), atMs === recordedAtMs ? '' : utcMoment(recordedAtMs), text, from),
  );
  return [
    ...(aroundMissing === undefined ? [] : [`Runs may be missing: ${aroundMissing}.`, '']),
    ...(timelineLeftOut === 0 ? [] : [`${timelineLeftOut} entries are left out.`, '']),
    '| happened (UTC) | recorded, where later | event | from |',
    '|---|---|---|---|',
    ...shown,
  ];
}

function rowsOfRun(run: RunAround, linkOf: LinkOf): Row[] {
  const { workflowId, runId, kind, outcome, reason, startedAtMs, endedAtMs, startedBy } = run;
  const link = linkOf({ workflowId, runId });
  const from = link === undefined ? `${workflowId}, ${run.runRef}` : `[${workflowId}](${link})`;
  const by = startedBy === undefined ? '' : ` by ${startedBy}`;
  return [
    { atMs: startedAtMs, recordedAtMs: startedAtMs, text: `${kind} started${by}`, from },
    {
      ...{ atMs: endedAtMs, recordedAtMs: endedAtMs, from },
      text: `${kind} ended: ${outcome}: ${reason}`,
    },
  ];
}

function actions({ notes: written }: IncidentDetails): string[] {
  const found = written.filter(({ about }) => about === 'action');
  if (found.length === 0) return ['Nobody has written down any.'];
  return [
    '| action | owner | due |',
    '|---|---|---|',
    ...found.map(({ text, owner = 'nobody yet', due = 'no date yet' }) => row(text, owner, due)),
  ];
}

function notes({ notes: written }: IncidentDetails, about: IncidentTopic, empty: string): string[] {
  const found = written.filter((note) => note.about === about);
  if (found.length === 0) return empty === '' ? [] : [empty];
  return found.map(({ text, by, atMs, happenedAtMs = atMs }) => {
    return `- ${inCell(text)} (${inCell(by)}, ${utcMoment(happenedAtMs)})`;
  });
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(inCell).join(' | ')} |`;
}
