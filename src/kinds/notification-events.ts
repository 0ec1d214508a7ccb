export const notificationEvents = [
  'started',
  /** A stage was entered, and its weight verified. */
  'stage',
  'approval-needed',
  /** Too little evidence: a person decides. */
  'inconclusive',
  /** Stable cannot take the release over, and the canary keeps serving. */
  'stuck',
  'succeeded',
  /** Belay's own judgement, or an alert, undid it. */
  'failed',
  /** A person undid it. */
  'aborted',
  'superseded',
  'undo-failed',
  'incident-declared',
  /** Nobody has acknowledged it, or told how it stands. */
  'incident-escalated',
  /** Its severity, or who does what, has changed; or somebody told how it stands. */
  'incident-update',
  /** The commander has not told how it stands in time. */
  'incident-update-due',
  'incident-mitigated',
  'incident-resolved',
  'postmortem-due',
  'postmortem-done',
  /** What a playbook says in a step of its own. */
  'message',
] as const;

export type NotificationEvent = (typeof notificationEvents)[number];

export const severities = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof severities)[number];
