import type { IncidentAlertNotice } from '../../../contracts/recovery/incident-alert.ts';
import { incidentSeverities, type IncidentSeverity } from '../../../kinds/incident-words.ts';
import { oneLine, shorten } from '../../kernel/notifications/bounded-text.ts';

/** What an alert declares, in the keys of an incident. */
export interface AlertDeclaration {
  environment?: string;
  incident: string;
  services: string[];
  summary: string;
  severity?: IncidentSeverity;
  detectedAt: string;
  alert: string;
}

const longestName = 63;
const longestSummary = 200;

/** Severities in the words of alerts. */
const severityWords: Readonly<Record<string, IncidentSeverity>> = {
  critical: 'sev1',
  error: 'sev2',
  warning: 'sev3',
  info: 'sev4',
};

/**
 * All alerts about a service belong to one incident, which is called after it; an alert about no service
 * has an incident of its own. A severity that nobody knows is left out, and so counts as the worst.
 */
export function incidentOfAlert(alert: IncidentAlertNotice): AlertDeclaration {
  const { labels, name, alertId, startsAtMs, receivedAtMs } = alert;
  const environment = nameOf(labels.environment ?? labels.namespace ?? '');
  const service = nameOf(labels.service ?? labels.deployment ?? '');
  const incident = service || nameOf(name) || 'alert';
  const severity = severityOf(alert.asked) ?? severityOf(labels.severity ?? '');
  return {
    ...(environment !== '' && { environment }),
    ...{ incident, services: [incident], alert: alertId },
    summary: summaryOf(alert),
    ...(severity !== undefined && { severity }),
    // A clock that is ahead must not make an incident begin in the future.
    detectedAt: new Date(Math.min(startsAtMs, receivedAtMs)).toISOString(),
  };
}

function summaryOf({ summary = '', name }: IncidentAlertNotice): string {
  return shorten(oneLine(summary) || `Alert ${oneLine(name)} fires`, longestSummary);
}

function severityOf(written: string): IncidentSeverity | undefined {
  const word = written.trim().toLowerCase();
  const known = incidentSeverities.find((severity) => severity === word);
  return known ?? (Object.hasOwn(severityWords, word) ? severityWords[word] : undefined);
}

/** Labels take any text, names of runs do not. */
function nameOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, longestName)
    .replace(/-$/, '');
}
