import type { Context } from 'hono';
import {
  readNotification,
  type AlertNotification,
} from '../adapters/alertmanager/read-notification.ts';
import { forbid, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';
import { readIncidentAlerts, takeIncidentAlert } from './incident-alerts.ts';
import type { GatewayParts } from './parts.ts';

const askedAtOnce = 10;
const unreadable = 'not an Alertmanager or Grafana webhook';

/**
 * Alertmanager's webhook. Answers 200 once everything that its alerts ask for is durable in Temporal;
 * throws, for a 503 and so another try, where something is not. 400 only where nothing can be read: what
 * is wrong with one alert must not have its siblings sent again.
 */
export function takeAlerts(parts: GatewayParts, now: () => number) {
  const { log, metrics } = parts;
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const forbidden = forbid(context, { kind: 'alerts' });
    if (forbidden !== undefined) return forbidden;
    const payload = await readJson(context);
    if (!payload.ok) return refuse(context, 400, unreadable, [payload.problem]);
    const read = readNotification(payload.value, now());
    if (!read.ok) return refuse(context, 400, unreadable, read.problems);
    const asked = readIncidentAlerts(parts.incidents.policy, read.incidents);
    const refused = [...read.refused, ...asked.refused];
    for (const { alert, problems } of refused) log.warn({ alert, problems }, 'alert refused');
    const counts = { ignored: read.ignored, refused: refused.length };
    if (refused.length > 0 && read.alerts.length + asked.incidents.length === 0) {
      const problems = refused.flatMap((one) =>
        one.problems.map((problem) => `alerts.${one.alert}.${problem}`),
      );
      metrics.tookAlerts({ started: 0, duplicate: 0, ...counts });
      return refuse(context, 400, 'no alert of this notification can be read', problems);
    }
    const [rollbacks, incidents] = await Promise.all([
      startResponses(read.alerts, parts),
      askForAll(asked.incidents, (one) => takeIncidentAlert(parts.incidents, one)),
    ]);
    metrics.tookAlerts({
      ...{ started: rollbacks.started.length, duplicate: rollbacks.known.length },
      ...counts,
    });
    for (const { result } of incidents) metrics.tookIncident(result);
    if (incidents.length > 0) log.info({ incidents }, 'alerts of incidents taken');
    return context.json({ ...rollbacks, ignored: read.ignored, refused, incidents });
  };
}

async function startResponses(
  alerts: AlertNotification['alerts'],
  { startAlert, log }: GatewayParts,
): Promise<{ started: string[]; known: string[] }> {
  const responses = await askForAll(alerts, startAlert);
  const started = responses.filter(({ known }) => !known).map(({ alertId }) => alertId);
  const known = responses.filter((one) => one.known).map(({ alertId }) => alertId);
  if (started.length > 0) log.info({ started }, 'alerts taken');
  return { started, known };
}

/** A few at a time. All are tried, though one fails: those that are durable need not come again. */
async function askForAll<Asked, Answer>(
  asked: readonly Asked[],
  ask: (one: Asked) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < asked.length; i += askedAtOnce) {
    const settled = await Promise.allSettled(asked.slice(i, i + askedAtOnce).map(ask));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      answers.push(one.value);
    }
  }
  return answers;
}
