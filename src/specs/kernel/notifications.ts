/** Who is told of what, as the settings file resolves. */
import type { NotificationEvent, Severity } from '../../kinds/notification-events.ts';

export const channelKinds = ['slack', 'email', 'pagerduty', 'webhook'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Where a secret is kept: a variable of the worker, or a file that is read at every delivery. */
export type SecretRef = { env: string } | { file: string };

/** Text with {{placeholders}}, in place of what Belay writes. */
export interface Template {
  title?: string;
  text?: string;
}

interface Named {
  name: string;
  template?: Template;
}

export interface SlackChannel extends Named {
  kind: 'slack';
  url: SecretRef;
}

export interface EmailChannel extends Named {
  kind: 'email';
  host: string;
  port: number;
  /** `starttls` is insisted on. */
  tls: 'starttls' | 'implicit' | 'none';
  from: string;
  to: string[];
  /** The name given in EHLO; absent: the domain of `from`. */
  ehlo?: string;
  auth?: { user: string; password: SecretRef };
  /** Certificates (PEM) that the server's is held against, in place of the public ones. */
  caFile?: string;
}

export interface PagerDutyChannel extends Named {
  kind: 'pagerduty';
  routingKey: SecretRef;
  url: string;
}

export interface WebhookChannel extends Named {
  kind: 'webhook';
  url: string | SecretRef;
  /** Signs every request. */
  secret: SecretRef;
}

export type ChannelSettings = SlackChannel | EmailChannel | PagerDutyChannel | WebhookChannel;

/** A condition that is absent is met; of a list, one suffices. */
export interface Route {
  event?: NotificationEvent[];
  severity?: Severity[];
  /** Patterns in which `*` stands for any characters. */
  service?: string[];
  environment?: string[];
  /** Names of channels. */
  to: string[];
  /** Goes before a channel's own. */
  template?: Template;
}

export interface NotificationSettings {
  channels: ChannelSettings[];
  /** The first that is met decides. */
  routes: Route[];
}

/** The settings of a worker that was given none. */
export const noNotifications: NotificationSettings = { channels: [], routes: [] };
