import { alertsEndedAt } from '../../../../src/policies/recovery/incidents/keep-alerts.ts';
import { resolve } from '../../../../src/policies/recovery/incidents/people-acts.ts';
import { postmortemDueAt } from '../../../../src/policies/recovery/incidents/postmortem-due.ts';
import type { IncidentSpec } from '../../../../src/specs/recovery/incident.ts';
import type { IncidentRun } from './incident-run.ts';

/** Where its spec says so, the end of its last alert is its own. */
export function endWithAlerts(run: IncidentRun, { resolveWithAlerts }: IncidentSpec): void {
  if (!resolveWithAlerts || run.known.phase === 'resolved') return;
  const endedAtMs = alertsEndedAt(run.known);
  if (endedAtMs === undefined) return;
  const said = { atMs: Date.now(), by: 'its alerts', why: 'the last of them has ended' };
  run.change(resolve(run.known, { happenedAtMs: endedAtMs }, said));
}

/** A resolved incident waits for its postmortem, where its severity asks for one. */
export function orderPostmortem(run: IncidentRun, { rules, zone, holidays }: IncidentSpec): void {
  const { phase, postmortem, severity } = run.known;
  const term = rules[severity].postmortem;
  if (phase !== 'resolved' || postmortem !== undefined || term === undefined) return;
  const dueAtMs = postmortemDueAt(term, Date.now(), { zone, holidays });
  run.change({ ...run.known, postmortem: { dueAtMs } });
  run.announce('incident-resolved');
}
