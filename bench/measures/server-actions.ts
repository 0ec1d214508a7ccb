import { setTimeout as sleep } from 'node:timers/promises';
import { parsePrometheus } from '../../src/adapters/prometheus-text/parse-prometheus.ts';

/** The Temporal Actions of a namespace since the server's start, by kind, as the server counts them. */
export type ServerActions = Record<string, number>;

const heartbeats = 'grpc_RecordActivityTaskHeartbeat';

/** The server updates its metrics only from time to time. */
const reportingMs = 3_000;

/** Everything before this call is counted. */
export async function readServerActions(
  metricsUrl: string,
  namespace: string,
): Promise<ServerActions> {
  await sleep(reportingMs);
  const response = await fetch(metricsUrl);
  const text = await response.text();
  const actions: ServerActions = {};
  // The other metrics of the server are megabytes of histograms.
  const counters = text.split('\n').filter((line) => line.startsWith('action{'));
  for (const { labels, value } of parsePrometheus(counters.join('\n')).samples) {
    const kind = labels['action_type'];
    if (kind === undefined || labels['namespace'] !== namespace) continue;
    actions[kind] = (actions[kind] ?? 0) + value;
  }
  return actions;
}

/** The difference of two readings. */
export function actionsBetween(before: ServerActions, after: ServerActions): ServerActions {
  const kinds = Object.keys(after).map((kind) => [kind, (after[kind] ?? 0) - (before[kind] ?? 0)]);
  return Object.fromEntries(kinds.filter(([, count]) => count !== 0)) as ServerActions;
}

export function heartbeatsIn(actions: ServerActions): number {
  return actions[heartbeats] ?? 0;
}

export function totalOf(actions: ServerActions): number {
  return Object.values(actions).reduce((sum, count) => sum + count, 0);
}
