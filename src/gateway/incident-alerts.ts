import type { AlertNotification } from '../adapters/alertmanager/read-notification.ts';
import type { IncidentAlertNotice } from '../contracts/recovery/incident-alert.ts';
import { incidentOfAlert } from '../policies/recovery/incidents/incident-of-alert.ts';
import type { SpecProblem } from '../specs/kernel/spec-problem.ts';
import type { IncidentResult } from '../telemetry/metrics/gateway-metrics.ts';
import { describeProblem } from './describe-problem.ts';
import { readIncidentOver, type IncidentOrders, type WrittenIncident } from './incident-orders.ts';

/** An alert, and the incident that it asks for. */
export interface AskedIncident {
  alert: IncidentAlertNotice;
  incident: WrittenIncident;
}

/** What came of an alert that asks for an incident. */
export interface TakenAlert {
  alert: string;
  /** Absent where none is open. */
  workflowId?: string;
  result: IncidentResult;
}

export function readIncidentAlerts(
  policy: IncidentOrders['policy'],
  given: AlertNotification['incidents'],
): { incidents: AskedIncident[]; refused: AlertNotification['refused'] } {
  const incidents: AskedIncident[] = [];
  const refused: AlertNotification['refused'] = [];
  for (const { index, alert } of given) {
    const read = readIncidentOver(policy, incidentOfAlert(alert));
    if (read.ok) incidents.push({ alert, incident: read.incident });
    else refused.push({ alert: index, problems: read.problems.map(describeLabelProblem) });
  }
  return { incidents, refused };
}

const noEnvironment =
  'labels: there is no environment or namespace, and none in BELAY_INCIDENT_POLICY either';

function describeLabelProblem(problem: SpecProblem): string {
  return problem.path === 'environment' ? noEnvironment : describeProblem(problem);
}

/** Declares what fires; the incident of what fires no more is told so. */
export async function takeIncidentAlert(
  { declare, endAlert }: IncidentOrders,
  { alert: { alertId: alert, name, status }, incident }: AskedIncident,
): Promise<TakenAlert> {
  const by = `alert ${name}`.slice(0, 200);
  const { environment, incident: called } = incident.spec;
  if (status === 'resolved') {
    const subject = { environment, name: called };
    const isOpen = await endAlert({ subject, alert, by });
    return { alert, result: isOpen ? 'ended' : 'not-open' };
  }
  const { workflowId, result } = await declare({ ...incident, requestId: alert, by });
  return { alert, workflowId, result };
}
