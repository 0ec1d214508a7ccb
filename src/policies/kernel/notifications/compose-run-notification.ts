import { commandName } from '../../../kinds/command-name.ts';
import type { Notification } from '../../../contracts/kernel/notifications.ts';
import type { RunStatus } from '../../../contracts/kernel/run.ts';
import type { NotificationEvent, Severity } from '../../../kinds/notification-events.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

export const severityOf: Readonly<Record<NotificationEvent, Severity>> = {
  started: 'info',
  stage: 'info',
  'approval-needed': 'warning',
  inconclusive: 'warning',
  stuck: 'critical',
  succeeded: 'info',
  failed: 'critical',
  aborted: 'warning',
  superseded: 'info',
  'undo-failed': 'critical',
  'incident-declared': 'critical',
  'incident-escalated': 'critical',
  'incident-update': 'info',
  'incident-update-due': 'warning',
  'incident-mitigated': 'warning',
  'incident-resolved': 'info',
  'postmortem-due': 'warning',
  'postmortem-done': 'info',
  message: 'info',
};

export interface Occasion {
  event: NotificationEvent;
  atMs: number;
  /** 1-based occurrence of this event in this run and stage: an undo can fail twice. */
  occurrence?: number;
  /** A reminder: since when somebody has been waited for. */
  waitingSinceMs?: number;
  /** Of this run in Temporal's Web UI. */
  url?: string;
}

/** What is sent when a run closes with this outcome; any outcome that is not listed is a success. */
export function eventOfOutcome(outcome: string): NotificationEvent {
  switch (outcome) {
    case 'Failed':
    case 'RolledBack':
      return 'failed';
    case 'Aborted':
      return 'aborted';
    case 'Superseded':
      return 'superseded';
    case 'UndoFailed':
      return 'undo-failed';
    default:
      return 'succeeded';
  }
}

/** What to tell people of a run of a kind that has no words of its own. */
export function composeRunNotification(
  status: RunStatus,
  { event, atMs, occurrence = 1, waitingSinceMs, url }: Occasion,
): Notification {
  const { kind, subject, workflowId, runRef, runId, steps, now, reason } = status;
  const at = steps.findLastIndex(({ startedAtMs }) => startedAtMs !== undefined);
  const waited =
    waitingSinceMs === undefined ? '' : ` (for ${formatDuration(atMs - waitingSinceMs)} now)`;
  return {
    id: [runId, event, at + 1, occurrence].join(':'),
    event,
    severity: severityOf[event],
    service: subject.name,
    environment: subject.environment,
    workflowId,
    rolloutId: runRef,
    ...(steps[at] !== undefined && { stage: steps[at].name }),
    atMs,
    title: `${subject.environment}/${subject.name}: ${kind} ${headlines[event]}${waited}`,
    text: reason ?? now,
    reasons: failedUndos(status),
    ...(url !== undefined && { url }),
    commands: commandsFor(status),
  };
}

const headlines: Readonly<Record<NotificationEvent, string>> = {
  started: 'has started',
  stage: 'goes on',
  'approval-needed': 'waits for approval',
  inconclusive: 'needs a decision: too little evidence',
  stuck: 'cannot go on by itself',
  succeeded: 'is done',
  failed: 'failed and was undone',
  aborted: 'was aborted and undone',
  superseded: 'makes way for a newer one',
  'undo-failed': 'could not be undone, and a person is needed',
  'incident-declared': 'was declared',
  'incident-escalated': 'is not acknowledged',
  'incident-update': 'has an update',
  'incident-update-due': 'needs an update',
  'incident-mitigated': 'is mitigated',
  'incident-resolved': 'is resolved',
  'postmortem-due': 'needs its postmortem',
  'postmortem-done': 'has its postmortem',
  message: 'says',
};

function failedUndos({ undo }: RunStatus): string[] {
  return undo.flatMap(({ name, state, error }) =>
    state === 'failed' ? [error === undefined ? name : `${name}: ${error}`] : [],
  );
}

/** Commands that decide name the run: copied from an old message, they never reach a newer one. */
function commandsFor({ accepts, workflowId, outcome, runRef }: RunStatus): string[] {
  if (outcome !== undefined) return [`belay report ${workflowId}`];
  return [
    `belay status ${workflowId}`,
    ...accepts.map((verb) => `belay ${commandName(verb)} ${workflowId} --run ${runRef}`),
  ];
}
