import type { NotificationEvent, Severity } from '../../kinds/notification-events.ts';
import type {
  ChannelKind,
  EmailChannel,
  PagerDutyChannel,
  SlackChannel,
  WebhookChannel,
} from '../../specs/kernel/notifications.ts';

/** An event to notify people of, in plain text. Carries no secrets. */
export interface Notification {
  /** The same for the same event of the same run, whoever sends it and however often. */
  id: string;
  event: NotificationEvent;
  severity: Severity;
  /** What the run is about: of a rollout the service. */
  service: string;
  environment: string;
  /** Of a rollout. */
  version?: string;
  previousVersion?: string;
  workflowId: string;
  /** Of the run, whatever its kind. */
  rolloutId: string;
  /** The stage or step it is about, as people call it: `20 %`. */
  stage?: string;
  atMs: number;
  /** One line that can stand alone. */
  title: string;
  text: string;
  /** What decided, a line each. */
  reasons: string[];
  /** Where the rollout can be seen. */
  url?: string;
  /** What a person can type now. */
  commands: string[];
  /** Names of channels that it goes to, whatever the routes say. Absent: as the routes say. */
  to?: string[];
}

export type DeliveryReport = { channel: string; kind: ChannelKind } & (
  | {
      result: 'delivered';
      attempts: number;
      /** What a reader should know all the same: a recipient that was refused. */
      remark?: string;
    }
  /** Provably: nothing was sent, or it was refused. */
  | { result: 'not-delivered'; attempts: number; reason: string }
  /** It may have arrived. Never repeated. */
  | { result: 'doubtful'; attempts: number; reason: string }
  /** Not tried: the settings do not send it there. */
  | { result: 'skipped'; reason: string }
);

/** notify returns within this, whatever the channels do. */
export const longestNotifyMs = 90_000;

export interface NotificationActivities {
  /**
   * Sends to every channel that the settings choose, and answers with a report for each channel
   * there is. Fails for no channel's sake. Not idempotent: what is provably undelivered is tried
   * again within, so it must be run with one attempt (`retry: { maximumAttempts: 1 }`).
   */
  notify(notification: Notification): Promise<DeliveryReport[]>;
}

/** A message as its channel takes it, without what is secret. */
export interface SlackMessage {
  body: Readonly<Record<string, unknown>>;
}
export interface EmailMessage {
  /** Made of the notification's id; unique beside the sender's domain. */
  idPart: string;
  /** The same for all messages about one rollout, so that mail programs keep them together. */
  threadPart: string;
  subject: string;
  text: string;
  html: string;
}
/** Lacks the routing key. */
export interface PagerDutyMessage {
  body: Readonly<Record<string, unknown>>;
}
export interface WebhookMessage {
  id: string;
  body: Readonly<Record<string, unknown>>;
}

export type PlannedDelivery =
  | { kind: 'slack'; channel: SlackChannel; message: SlackMessage }
  | { kind: 'email'; channel: EmailChannel; message: EmailMessage }
  | { kind: 'pagerduty'; channel: PagerDutyChannel; message: PagerDutyMessage }
  | { kind: 'webhook'; channel: WebhookChannel; message: WebhookMessage };

export interface DeliveryPlan {
  deliveries: PlannedDelivery[];
  skipped: { channel: string; kind: ChannelKind; reason: string }[];
}
