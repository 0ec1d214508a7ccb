import type { Ledger } from '../kernel/ledger.ts';
import { alertFamily, isAlertResponse, reportOfResponse } from './alert-reports.ts';
import type { AlertLedger } from './alerts.ts';

/** Responses to alerts, as runs of the ledger. */
export function createAlertLedger(ledger: Ledger): AlertLedger {
  return {
    record: (response) => ledger.append(reportOfResponse(response)),

    async list({ service, environment, action, sinceMs, limit } = {}) {
      const reports = await ledger.list({
        family: alertFamily,
        ...(service !== undefined && { name: service }),
        ...(environment !== undefined && { environment }),
        ...(action !== undefined && { outcomes: [action] }),
        ...(sinceMs !== undefined && { sinceMs }),
        ...(limit !== undefined && { limit }),
      });
      return reports
        .map(({ details }) => details)
        .filter(isAlertResponse)
        .filter(({ decidedAtMs }) => decidedAtMs >= (sinceMs ?? -Infinity));
    },
  };
}
