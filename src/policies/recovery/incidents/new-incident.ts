import type { IncidentFacts } from '../../../contracts/recovery/incident.ts';
import { incidentRoles } from '../../../kinds/incident-words.ts';
import type { IncidentSpec } from '../../../specs/recovery/incident.ts';
import { armEscalation } from './escalation.ts';
import { recordMoment } from './moments.ts';
import { addEntry } from './timeline.ts';

/** Who declares, when, and by which request. */
export interface Declaration {
  atMs: number;
  by: string;
  why?: string;
  requestId?: string;
}

/** An incident that has just been declared. */
export function newIncident(
  spec: IncidentSpec,
  { atMs, by, why, requestId }: Declaration,
): IncidentFacts {
  const { summary, severity, services, roles, alert, impactAtMs, detectedAtMs = atMs } = spec;
  let facts: IncidentFacts = {
    ...{ phase: 'unacknowledged', summary, severity, services, roles },
    ...{ moments: {}, timeline: [], timelineLeftOut: 0, notes: [], around: [] },
    alerts: alert === undefined ? [] : [{ id: alert, sinceMs: detectedAtMs }],
    requests: requestId === undefined ? [] : [requestId],
    escalation: armEscalation(atMs),
    updateSinceMs: atMs,
  };
  const said = { recordedAtMs: atMs, by };
  if (impactAtMs !== undefined) {
    facts = recordMoment(facts, 'impact', { ...said, happenedAtMs: impactAtMs });
    facts = addEntry(facts, {
      ...said,
      happenedAtMs: impactAtMs,
      text: 'impact began',
      isMilestone: true,
    });
  }
  facts = recordMoment(facts, 'detect', { ...said, happenedAtMs: detectedAtMs });
  if (detectedAtMs !== atMs) {
    const text = alert === undefined ? 'detected' : `alert ${alert} began to fire`;
    facts = addEntry(facts, { ...said, happenedAtMs: detectedAtMs, text, isMilestone: true });
  }
  facts = recordMoment(facts, 'declare', { ...said, happenedAtMs: atMs });
  const reason = why === undefined ? '' : `: ${why}`;
  const unsure = spec.isSeverityUnsure ? ' (nobody said how severe it is)' : '';
  facts = addEntry(facts, {
    ...said,
    text: `declared as ${severity}${unsure}: ${summary}${reason}`,
    isMilestone: true,
  });
  for (const role of incidentRoles) {
    const person = roles[role];
    if (person !== undefined) facts = addEntry(facts, { ...said, text: `${person} is ${role}` });
  }
  return facts;
}
