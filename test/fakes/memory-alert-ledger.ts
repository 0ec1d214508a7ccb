import type {
  AlertFilter,
  AlertLedger,
  AlertResponse,
} from '../../src/contracts/rollouts/alerts.ts';

/** What was done about alerts, for as long as a test lasts. */
export class MemoryAlertLedger implements AlertLedger {
  private readonly responses = new Map<string, AlertResponse>();

  record(response: AlertResponse): Promise<void> {
    this.responses.set(response.alertId, response);
    return Promise.resolve();
  }

  list({ service, environment, action, sinceMs = 0, limit }: AlertFilter = {}) {
    const listed = [...this.responses.values()]
      .filter((one) => service === undefined || one.service === service)
      .filter((one) => environment === undefined || one.environment === environment)
      .filter((one) => action === undefined || one.action === action)
      .filter((one) => one.decidedAtMs >= sinceMs)
      .sort((a, b) => b.decidedAtMs - a.decidedAtMs);
    return Promise.resolve(listed.slice(0, limit));
  }
}
