import type { RunReport } from '../kernel/report.ts';
import { alertActions, type AlertResponse } from './alerts.ts';

export const alertFamily = 'alerts';

/** How the ledger keeps what was done about an alert: by its workflow ID, as of the service it named. */
export function reportOfResponse(response: AlertResponse): RunReport<AlertResponse> {
  const { alertId, alert, action, reason, decidedAtMs, ending } = response;
  return {
    ...{
      format: 2,
      family: alertFamily,
      kind: 'alert',
      runRef: alertId,
      workflowId: alertId,
      runId: '',
    },
    subject: { environment: response.environment ?? '', name: response.service ?? '' },
    ...{ outcome: action, reason, startedAtMs: decidedAtMs },
    endedAtMs: ending?.endedAtMs ?? decidedAtMs,
    startedBy: `alert ${alert.name}`,
    ...{ people: [], undo: [], notes: [] },
    details: response,
  };
}

export function isAlertResponse(given: unknown): given is AlertResponse {
  const response = given as Partial<AlertResponse> | null | undefined;
  return (
    typeof response?.alertId === 'string' &&
    typeof response.decidedAtMs === 'number' &&
    typeof response.reason === 'string' &&
    typeof response.alert === 'object' &&
    (alertActions as readonly unknown[]).includes(response.action)
  );
}
