import type { IncidentAlert, IncidentFacts } from '../../../contracts/recovery/incident.ts';

type Alerts = Pick<IncidentFacts, 'alerts' | 'alertsLeftOut'>;

const keptAlerts = 100;

/** Of too many, those that have ended are left out first; of those that fire, the oldest. */
export function keepAlert({ alerts, alertsLeftOut = 0 }: Alerts, alert: IncidentAlert): Alerts {
  const all = [...alerts.filter(({ id }) => id !== alert.id), alert];
  const tooMany = Math.max(0, all.length - keptAlerts);
  const ended = all.filter(({ endedAtMs }) => endedAtMs !== undefined).slice(0, tooMany);
  const rest = all.filter((each) => !ended.includes(each));
  const firing = rest.length - Math.min(rest.length, keptAlerts);
  const leftOut = alertsLeftOut + firing;
  return { alerts: rest.slice(firing), ...(leftOut > 0 && { alertsLeftOut: leftOut }) };
}

/** When the last alert ended; undefined: there is none, one still fires, or nobody can say. */
export function alertsEndedAt({ alerts, alertsLeftOut = 0 }: Alerts): number | undefined {
  if (alerts.length === 0 || alertsLeftOut > 0) return undefined;
  const last = Math.max(...alerts.map(({ endedAtMs = Infinity }) => endedAtMs));
  return last === Infinity ? undefined : last;
}
