import type { SecretReader } from '../../../src/config/notifications-secret.ts';
import { secretReader } from '../../../src/config/notifications-secret.ts';
import type { DeliveryReport, Notification } from '../../../src/contracts/kernel/notifications.ts';
import { createNotificationSender } from '../../../src/adapters/notify/create-notification-sender.ts';
import { judgeReceiver } from '../../../src/policies/kernel/network/judge-destination.ts';
import { planDeliveries } from '../../../src/policies/kernel/notifications/plan-deliveries.ts';
import type { ChannelSettings } from '../../../src/specs/kernel/notifications.ts';
import { failed } from '../../policies/kernel/notifications/notification.ts';

export const secrets = {
  SLACK_PATH: '/services/T0/B0/xoxb-4242',
  ROUTING_KEY: 'R0UT1NGKEY0123456789',
  SIGNING_KEY: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  PASSWORD: 'correct horse battery',
};

export function slackAt(origin: string): { channel: ChannelSettings; env: NodeJS.ProcessEnv } {
  return {
    channel: { name: 'team', kind: 'slack', url: { env: 'SLACK_URL' } },
    env: { SLACK_URL: `${origin}${secrets.SLACK_PATH}` },
  };
}

interface Sending {
  env?: NodeJS.ProcessEnv;
  notification?: Notification;
  readSecret?: SecretReader;
  signal?: AbortSignal;
  budgetMs?: number;
}

/** Tells these channels, with waits that a test can sit through. */
export function send(
  channels: ChannelSettings[],
  { env = {}, notification = failed(), readSecret, signal, budgetMs = 2_000 }: Sending = {},
): Promise<DeliveryReport[]> {
  const settings = { channels, routes: [{ to: channels.map(({ name }) => name) }] };
  return createNotificationSender({
    refuse: judgeReceiver,
    plan: (each) => planDeliveries(settings, each),
    readSecret: readSecret ?? secretReader({ ...secrets, ...env }),
    limits: { connectMs: 300, attemptMs: 600 },
    retryTimes: { delaysMs: [50, 150, 300], budgetMs },
  }).notify(notification, signal);
}
