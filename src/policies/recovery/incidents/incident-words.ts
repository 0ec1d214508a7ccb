import type { Notification } from '../../../contracts/kernel/notifications.ts';
import type { IncidentFacts } from '../../../contracts/recovery/incident.ts';
import type { NotificationEvent, Severity } from '../../../kinds/notification-events.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { EscalationAct } from './escalation.ts';
import { formatUtc } from './format-utc.ts';

type Words = Pick<Notification, 'title' | 'text' | 'severity'>;

/** How loud the news of an incident are, by its severity. */
const loudness: Readonly<Record<IncidentFacts['severity'], Severity>> = {
  sev1: 'critical',
  sev2: 'critical',
  sev3: 'warning',
  sev4: 'info',
};

const quiet: readonly NotificationEvent[] = [
  'incident-update',
  'incident-resolved',
  'postmortem-due',
  'postmortem-done',
];

/** What an incident waits for, or what was done last, in one line. */
export function describeNow(facts: IncidentFacts): string {
  const { phase, summary, acknowledgedBy, roles, lastUpdate, postmortem } = facts;
  switch (phase) {
    case 'unacknowledged':
      return `${summary}: nobody has acknowledged it`;
    case 'overdue':
      return `${summary}: ${roles.commander ?? 'nobody'} has not told how it stands`;
    case 'acknowledged':
      return `${summary}: ${lastUpdate?.text ?? `${acknowledgedBy ?? 'somebody'} is working on it`}`;
    case 'mitigated':
      return `${summary}: mitigated, not resolved`;
    case 'resolved':
      return postmortem === undefined
        ? `${summary}: resolved`
        : `${summary}: resolved; the postmortem is due ${formatUtc(postmortem.dueAtMs)}`;
    default:
      return summary;
  }
}

/** Title, text and severity of the news of an incident. */
export function incidentWords(
  { environment, name }: { environment: string; name: string },
  facts: IncidentFacts,
  event: NotificationEvent,
): Words {
  const { severity, summary } = facts;
  return {
    title: `${severity.toUpperCase()} ${environment}/${name}: ${headline(event)}: ${summary}`,
    text: describeNow(facts),
    severity: quiet.includes(event) ? 'info' : loudness[severity],
  };
}

/** What a level of an escalation says: each round is louder than the one before. */
export function escalationWords(
  subject: { environment: string; name: string },
  facts: IncidentFacts,
  { act, nowMs }: { act: EscalationAct; nowMs: number },
): Words {
  const { round, level, levels, who } = act;
  const words = incidentWords(subject, facts, 'incident-escalated');
  const sinceMs = facts.phase === 'overdue' ? facts.updateSinceMs : declaredAt(facts, nowMs);
  const waited = formatDuration(Math.max(0, nowMs - sinceMs)) || '0s';
  const silence = facts.phase === 'overdue' ? 'no update' : 'no acknowledgement';
  const position = round === 0 ? `level ${level} of ${levels}` : `round ${round + 1}, everybody`;
  return {
    title: `${words.title} (${silence} for ${waited}, ${position})`,
    text: who.length === 0 ? words.text : `${words.text}\nFor ${who.join(', ')}`,
    severity: round === 0 ? words.severity : 'critical',
  };
}

function declaredAt({ moments }: IncidentFacts, nowMs: number): number {
  return moments.declare?.at(-1)?.recordedAtMs ?? nowMs;
}

function headline(event: NotificationEvent): string {
  switch (event) {
    case 'incident-declared':
      return 'declared';
    case 'incident-escalated':
      return 'nobody answers';
    case 'incident-update':
      return 'update';
    case 'incident-update-due':
      return 'an update is due';
    case 'incident-mitigated':
      return 'mitigated, not resolved';
    case 'incident-resolved':
      return 'resolved';
    case 'postmortem-due':
      return 'the postmortem is due';
    case 'postmortem-done':
      return 'the postmortem is done';
    default:
      return event;
  }
}
