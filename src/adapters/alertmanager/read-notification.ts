import * as z from 'zod';
import type { Alert } from '../../contracts/rollouts/alerts.ts';

/** What a notification of Alertmanager, or of Grafana's own alerting, asks for, alert by alert. */
export interface AlertNotification {
  /** Those that ask for a rollback; resolved ones too. */
  alerts: Alert[];
  /** Those that ask for nothing. */
  ignored: number;
  /** Those that ask for a rollback and cannot be read: the others count all the same. */
  refused: { alert: number; problems: string[] }[];
}

export type ReadNotification =
  ({ ok: true } & AlertNotification) | { ok: false; problems: string[] };

/** The label, and its value, by which a rule asks Belay to act. */
const askingLabel = { name: 'action', value: 'rollback' } as const;
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
  }),
  annotations: z.object({ summary: text.optional(), description: text.optional() }).default({}),
});

/** Reads a webhook's payload. What is wrong in one alert is reported for that one only. */
export function readNotification(payload: unknown, receivedAtMs: number): ReadNotification {
  const read = notification.safeParse(payload);
  if (!read.success) return { ok: false, problems: problemsIn(read.error) };
  const found: AlertNotification = { alerts: [], ignored: 0, refused: [] };
  read.data.alerts.forEach((given, index) => {
    if (!asksForRollback(given) || isAboutGrafana(given, read.data.version)) {
      found.ignored += 1;
      return;
    }
    const alert = asking.safeParse(given);
    if (alert.success) found.alerts.push(alertOf(alert.data, receivedAtMs));
    else found.refused.push({ alert: index, problems: problemsIn(alert.error) });
  });
  return { ok: true, ...found };
}

function asksForRollback(given: unknown): boolean {
  const { labels } = (given ?? {}) as { labels?: Record<string, unknown> | null };
  return labels?.[askingLabel.name] === askingLabel.value;
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

function alertOf(read: z.output<typeof asking>, receivedAtMs: number): Alert {
  const { fingerprint, status, startsAt, labels, annotations } = read;
  const { alertname, ...named } = labels;
  const summary = annotations.summary ?? annotations.description;
  const given = Object.entries(named).filter(([, value]) => value !== undefined && value !== '');
  return {
    ...{ fingerprint, name: alertname, status, startsAtMs: startsAt, receivedAtMs },
    subject: Object.fromEntries(given),
    ...(summary !== undefined && { summary }),
  };
}

function problemsIn(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}
