import type { StartAlert, GatewayParts } from './parts.ts';
import type { Context } from 'hono';
import { readNotification } from '../adapters/alertmanager/read-notification.ts';
import type { StartedResponse } from '../adapters/temporal/start-alert-response.ts';
import type { Alert } from '../contracts/rollouts/alerts.ts';
import { forbid, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';

const startedAtOnce = 10;

/**
 * Alertmanager's webhook. Answers 200 once every alert that asks for a rollback is durable in
 * Temporal; throws, for a 503 and so another try, where one is not. 400 only where nothing can be
 * read: what is wrong with one alert must not have its siblings sent again.
 */
export function takeAlerts({ startAlert, log, metrics }: GatewayParts, now: () => number) {
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const forbidden = forbid(context, { kind: 'alerts' });
    if (forbidden !== undefined) return forbidden;
    const payload = await readJson(context);
    if (!payload.ok)
      return refuse(context, 400, 'not an Alertmanager or Grafana webhook', [payload.problem]);
    const read = readNotification(payload.value, now());
    if (!read.ok)
      return refuse(context, 400, 'not an Alertmanager or Grafana webhook', read.problems);
    const { alerts, ignored, refused } = read;
    for (const { alert, problems } of refused) log.warn({ alert, problems }, 'alert refused');
    const passedOver = { ignored, refused: refused.length };
    if (refused.length > 0 && alerts.length === 0) {
      const problems = refused.flatMap((one) =>
        one.problems.map((problem) => `alerts.${one.alert}.${problem}`),
      );
      metrics.tookAlerts({ started: 0, duplicate: 0, ...passedOver });
      return refuse(context, 400, 'no alert of this notification can be read', problems);
    }
    const responses = await startAll(alerts, startAlert);
    const started = responses.filter(({ known }) => !known).map(({ alertId }) => alertId);
    const known = responses.filter((one) => one.known).map(({ alertId }) => alertId);
    metrics.tookAlerts({ started: started.length, duplicate: known.length, ...passedOver });
    if (started.length > 0) log.info({ started }, 'alerts taken');
    return context.json({ started, known, ignored, refused });
  };
}

/** A few at a time. All are tried, though one fails: those that are durable need not come again. */
async function startAll(alerts: Alert[], startAlert: StartAlert): Promise<StartedResponse[]> {
  const responses: StartedResponse[] = [];
  for (let i = 0; i < alerts.length; i += startedAtOnce) {
    const batch = alerts.slice(i, i + startedAtOnce);
    const settled = await Promise.allSettled(batch.map(startAlert));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      responses.push(one.value);
    }
  }
  return responses;
}
