/** The channels that are one POST of JSON each. */
import type { SecretReader } from '../../config/notifications-secret.ts';
import type { PlannedDelivery } from '../../contracts/notifications.ts';
import type { Attempt, AttemptLimits } from './attempt.ts';
import { judgeOutcome } from './judge-answer.ts';
import { postJson } from './post.ts';
import { signWebhook } from './sign-webhook.ts';
import { withSecret } from './with-secret.ts';

type Planned<Kind extends PlannedDelivery['kind']> = Extract<PlannedDelivery, { kind: Kind }>;

export interface DeliveryTools {
  readSecret: SecretReader;
  limits: AttemptLimits;
}

export function deliverToSlack(
  { channel, message }: Planned<'slack'>,
  { readSecret, limits }: DeliveryTools,
): Promise<Attempt> {
  return withSecret(readSecret, [channel.url, 'address'], async (url) => {
    const body = JSON.stringify(message.body);
    return judgeOutcome(await postJson(new URL(url), { body }, limits), [url]);
  });
}

export function deliverToPagerDuty(
  { channel, message }: Planned<'pagerduty'>,
  { readSecret, limits }: DeliveryTools,
): Promise<Attempt> {
  return withSecret(readSecret, [channel.routingKey, 'routing key'], async (key) => {
    const body = JSON.stringify({ routing_key: key, ...message.body });
    return judgeOutcome(await postJson(new URL(channel.url), { body }, limits), [key]);
  });
}

export function deliverToWebhook(
  { channel, message }: Planned<'webhook'>,
  { readSecret, limits }: DeliveryTools,
): Promise<Attempt> {
  const body = JSON.stringify(message.body);
  const send = (url: string, secrets: string[]) =>
    withSecret(readSecret, [channel.secret, 'signing key'], async (key) => {
      const headers = signWebhook({ id: message.id, atMs: Date.now(), body }, key);
      const outcome = await postJson(new URL(url), { body, headers }, limits);
      return judgeOutcome(outcome, [...secrets, key]);
    });
  return typeof channel.url === 'string'
    ? send(channel.url, [])
    : withSecret(readSecret, [channel.url, 'address'], (url) => send(url, [url]));
}
