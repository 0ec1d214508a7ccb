import {
  joinIncident,
  type Joining,
} from '../../../../src/policies/recovery/incidents/join-incident.ts';
import { nextIncidentSpec } from '../../../../src/policies/recovery/incidents/next-incident.ts';
import type { IncidentRun } from './incident-run.ts';

/** Another declaration of the incident: known ones change nothing, late ones begin the next one. */
export function takeIn(run: IncidentRun, joining: Joining): void {
  const { facts: before } = run;
  if (before === undefined) {
    run.joining.push(joining);
    return;
  }
  const { facts, isKnown, hasRecurred } = joinIncident(before, joining);
  if (isKnown) return;
  if (run.isEnding()) {
    const { kind, workflowType } = run.kind;
    const { by, requestId = joining.alert ?? `${run.id}-next` } = joining;
    const input = nextIncidentSpec(run.input, joining);
    run.followWith({ kind, workflowType, input, request: { requestId, by } });
    return;
  }
  run.change(facts);
  // The escalation, which begins again, tells of it itself.
  if (!hasRecurred && facts.severity !== before.severity) run.announce('incident-update');
}
