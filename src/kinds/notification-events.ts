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
] as const;

export type NotificationEvent = (typeof notificationEvents)[number];

export const severities = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof severities)[number];
