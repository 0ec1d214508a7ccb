import * as z from 'zod';
import type { IncidentAlertNotice } from '../../contracts/recovery/incident-alert.ts';
import { alertWorkflowId, type Alert } from '../../contracts/rollouts/alerts.ts';

/** What a notification of Alertmanager, or of Grafana's own alerting, asks for, alert by alert. */
export interface AlertNotification {
  /** Those that ask for a rollback; resolved ones too. */
  alerts: Alert[];
  /** Those that ask for an incident; resolved ones too. */
  incidents: { index: number; alert: IncidentAlertNotice }[];
  /** Those that ask for nothing. */
  ignored: number;
  /** Those that ask for something and cannot be read: the others count all the same. */
  refused: { alert: number; problems: string[] }[];
}

export type ReadNotification =
  ({ ok: true } & AlertNotification) | { ok: false; problems: string[] };

/** The label, and its value, by which a rule asks for a rollback. */
const rollbackLabel = { name: 'action', value: 'rollback' } as const;
/** The label by which a rule asks for an incident; its value is a severity, or `true`. */
const incidentLabel = 'belay_incident';
const noIncident: readonly unknown[] = [undefined, null, '', 'false', 'no'];
const longestText = 500;

/** Alertmanager's webhook, and Grafana's, which has the same fields and more. */
const versions = { alertmanager: '4', grafana: '1' } as const;
const unknownVersion =
  'only "4" (a webhook of Alertmanager) and "1" (a contact point "Webhook" of Grafana, without a custom payload) can be read';

const notification = z.object({
  version: z.enum(versions, { error: unknownVersion }),
  alerts: z.array(z.unknown()),
});

const text = z.string().transform((given) => given.slice(0, longestText));
const label = z.string().max(253);

const asking = z.object({
  status: z.enum(['firing', 'resolved']),
  fingerprint: z.string().regex(/^[\w-]{1,128}$/, 'not letters, digits, "-" and "_" alone'),
  startsAt: z.iso.datetime({ offset: true }).transform((written) => Date.parse(written)),
  labels: z.object({
    alertname: text.default('unnamed'),
    service: label.optional(),
    environment: label.optional(),
    deployment: label.optional(),
    namespace: label.optional(),
    severity: label.optional(),
    [incidentLabel]: label.optional(),
  }),
  annotations: z.object({ summary: text.optional(), description: text.optional() }).default({}),
});

/** Reads a webhook's payload. What is wrong in one alert is reported for that one only. */
export function readNotification(payload: unknown, receivedAtMs: number): ReadNotification {
  const read = notification.safeParse(payload);
  if (!read.success) return { ok: false, problems: problemsIn(read.error) };
  const found: AlertNotification = { alerts: [], incidents: [], ignored: 0, refused: [] };
  read.data.alerts.forEach((given, index) => {
    const asks = askedBy(given);
    const isAsking = asks.rollback || asks.incident;
    if (!isAsking || isAboutGrafana(given, read.data.version)) {
      found.ignored += 1;
      return;
    }
    const alert = asking.safeParse(given);
    if (!alert.success) {
      found.refused.push({ alert: index, problems: problemsIn(alert.error) });
      return;
    }
    if (asks.rollback) found.alerts.push(alertOf(alert.data, receivedAtMs));
    if (asks.incident) {
      found.incidents.push({ index, alert: incidentAlertOf(alert.data, receivedAtMs) });
    }
  });
  return { ok: true, ...found };
}

function askedBy(given: unknown): { rollback: boolean; incident: boolean } {
  const { labels } = (given ?? {}) as { labels?: Record<string, unknown> | null };
  return {
    rollback: labels?.[rollbackLabel.name] === rollbackLabel.value,
    incident: !noIncident.includes(labels?.[incidentLabel]),
  };
}

/**
 * Grafana raises these with the labels of a rule that it could not evaluate. They say nothing of the
 * service that the rule is about.
 */
const rulesWithoutResult = ['DatasourceNoData', 'DatasourceError'];

function isAboutGrafana(given: unknown, version: string): boolean {
  const { labels } = given as { labels: Record<string, unknown> };
  return version === versions.grafana && rulesWithoutResult.includes(String(labels['alertname']));
}

type Read = z.output<typeof asking>;

function alertOf(read: Read, receivedAtMs: number): Alert {
  const { fingerprint, status, startsAt, labels } = read;
  const { service, environment, deployment, namespace } = labels;
  const summary = summaryOf(read);
  return {
    ...{ fingerprint, name: labels.alertname, status, startsAtMs: startsAt, receivedAtMs },
    subject: given({ service, environment, deployment, namespace }),
    ...(summary !== undefined && { summary }),
  };
}

function incidentAlertOf(read: Read, receivedAtMs: number): IncidentAlertNotice {
  const { fingerprint, status, startsAt: startsAtMs, labels } = read;
  const { alertname, service, environment, deployment, namespace, severity } = labels;
  const summary = summaryOf(read);
  return {
    alertId: alertWorkflowId({ fingerprint, startsAtMs }),
    ...{ name: alertname, status, startsAtMs, receivedAtMs },
    asked: labels[incidentLabel] ?? '',
    labels: given({ service, environment, deployment, namespace, severity }),
    ...(summary !== undefined && { summary }),
  };
}

function summaryOf({ annotations }: Read): string | undefined {
  return annotations.summary ?? annotations.description;
}

function given<Labels extends Record<string, string | undefined>>(
  labels: Labels,
): { [Name in keyof Labels]?: string } {
  const written = Object.entries(labels).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(written) as { [Name in keyof Labels]?: string };
}

function problemsIn(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}
