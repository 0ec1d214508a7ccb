import type { IncidentFacts } from '../../../contracts/recovery/incident.ts';
import { incidentSeverities, type IncidentSeverity } from '../../../kinds/incident-words.ts';
import { armEscalation } from './escalation.ts';
import { addEntry } from './timeline.ts';

export function worseOf(one: IncidentSeverity, other: IncidentSeverity): IncidentSeverity {
  return isWorse(one, other) ? one : other;
}

function isWorse(one: IncidentSeverity, other: IncidentSeverity): boolean {
  return incidentSeverities.indexOf(one) < incidentSeverities.indexOf(other);
}

/** A severity that gets worse has its escalation begin again: the first one may have hours yet. */
export function changeSeverity(
  facts: IncidentFacts,
  severity: IncidentSeverity,
  { atMs, by }: { atMs: number; by: string },
): IncidentFacts {
  if (severity === facts.severity) return facts;
  const begins = isWorse(severity, facts.severity) && facts.escalation !== undefined;
  const changed = {
    ...facts,
    severity,
    ...(begins && { escalation: armEscalation(atMs) }),
  };
  return addEntry(changed, {
    ...{ recordedAtMs: atMs, by, text: `severity ${facts.severity} is now ${severity}` },
    isMilestone: true,
  });
}
