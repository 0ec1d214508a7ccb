import type { IncidentStatus } from '../../contracts/recovery/incident.ts';
import { inCell } from '../kernel/markdown.ts';
import { utcMoment } from '../kernel/moment.ts';
import { inOrder } from '../../policies/recovery/incidents/timeline.ts';

const shownEntries = 20;

/** An incident as Markdown for the Temporal Web UI, a few KB at most. */
export function renderIncidentDetails(status: IncidentStatus): string {
  const { subject, now, outcome, incident, accepts, workflowId } = status;
  if (incident === undefined) return now;
  const { severity, roles, lastUpdate, timeline } = incident;
  const people = Object.entries(roles).map(([role, person]) => `${role} ${inCell(person)}`);
  return [
    `### ${severity.toUpperCase()} ${subject.environment}/${subject.name}`,
    outcome === undefined ? `**${inCell(now)}**` : `**${outcome}:** ${inCell(now)}`,
    people.join(', '),
    lastUpdate === undefined
      ? ''
      : `Last update ${utcMoment(lastUpdate.atMs)} by ${inCell(lastUpdate.by)}: ${inCell(lastUpdate.text)}`,
    inOrder(timeline)
      .slice(-shownEntries)
      .map(
        ({ happenedAtMs, text, by }) =>
          `- ${utcMoment(happenedAtMs)} ${inCell(text)}${by === undefined ? '' : `, ${inCell(by)}`}`,
      )
      .join('\n'),
    accepts.length === 0
      ? ''
      : `**You can** ${accepts.map((verb) => `\`${verb}\``).join(', ')}: \`belay incident show ${workflowId}\` lists the commands.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
