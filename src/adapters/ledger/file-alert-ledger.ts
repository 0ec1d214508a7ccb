import {
  alertActions,
  type AlertLedger,
  type AlertResponse,
} from '../../contracts/rollouts/alerts.ts';
import { EntryFolder, type EntryFolderOptions } from './entry-folder.ts';

export type FileAlertLedgerOptions = Pick<
  EntryFolderOptions<AlertResponse>,
  'folder' | 'onDamaged'
>;

/** The folder for responses to alerts that name no service known to Belay. */
const unknown = '_unknown';

/** The responses to alerts, on one machine's disk: one JSON file per alert. */
export function createFileAlertLedger(options: FileAlertLedgerOptions): AlertLedger {
  const responses = new EntryFolder({
    ...options,
    isEntry: isResponse,
    whatItIsNot: 'a response to an alert',
  });
  return {
    record(response) {
      const { environment = unknown, service = unknown, alertId: id, decidedAtMs } = response;
      const name = { environment, service, id, atMs: decidedAtMs };
      return responses.write(name, response, `the response to ${id}`);
    },

    async list({ action, sinceMs = 0, limit = Infinity, ...named } = {}) {
      const listed: AlertResponse[] = [];
      for await (const response of responses.entries(named)) {
        if (response.decidedAtMs < sinceMs) break;
        const isAskedFor = action === undefined || response.action === action;
        if (isAskedFor && listed.push(response) >= limit) break;
      }
      return listed;
    },
  };
}

function isResponse(entry: unknown): entry is AlertResponse {
  const response = entry as Partial<AlertResponse> | null;
  return (
    typeof response?.alertId === 'string' &&
    typeof response.decidedAtMs === 'number' &&
    typeof response.reason === 'string' &&
    typeof response.alert === 'object' &&
    (alertActions as readonly unknown[]).includes(response.action)
  );
}
