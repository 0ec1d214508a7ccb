/** The channels that are notified by one POST of JSON. */
import type { SecretReader } from '../../config/notifications-secret.ts';
import type { Guard, CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';
import type { PlannedDelivery } from '../../contracts/kernel/notifications.ts';
import type { DeliveryAttempt } from './attempt.ts';
import { judgeOutcome } from './judge-answer.ts';
import { postJson, type PostOutcome, type PostTools } from './post.ts';
import { quotePagerDuty, quoteSlack } from './quote-vendor.ts';
import { signWebhook } from './sign-webhook.ts';
import { withSecret } from './with-secret.ts';

type Planned<Kind extends PlannedDelivery['kind']> = Extract<PlannedDelivery, { kind: Kind }>;

export interface DeliveryTools extends PostTools {
  readSecret: SecretReader;
  /** The breaker of the channel. */
  guard: Guard;
}

type Letter = Parameters<typeof postJson>[1];

/** As `postJson`; throws BreakerOpen. */
function post(
  url: string,
  letter: Letter,
  { guard, ...tools }: DeliveryTools,
): Promise<PostOutcome> {
  return guard(() => postJson(new URL(url), letter, tools), judgeReceiver);
}

/** A receiver that refuses a message, or asks for fewer, is healthy. */
function judgeReceiver(outcome: CallResult<PostOutcome>): CallHealth {
  if (!('value' in outcome)) return 'ignored';
  const { value } = outcome;
  if (value.kind === 'refused') return 'ignored';
  if (value.kind !== 'answered') return { failed: value.reason };
  return value.status >= 500 ? { failed: `it answered ${value.status}` } : 'ok';
}

export function deliverToSlack(
  { channel, message }: Planned<'slack'>,
  tools: DeliveryTools,
): Promise<DeliveryAttempt> {
  return withSecret(tools.readSecret, [channel.url, 'address'], async (url) => {
    const body = JSON.stringify(message.body);
    return judgeOutcome(await post(url, { body }, tools), (text) => quoteSlack(text, [url]));
  });
}

export function deliverToPagerDuty(
  { channel, message }: Planned<'pagerduty'>,
  tools: DeliveryTools,
): Promise<DeliveryAttempt> {
  return withSecret(tools.readSecret, [channel.routingKey, 'routing key'], async (key) => {
    const body = JSON.stringify({ routing_key: key, ...message.body });
    return judgeOutcome(await post(channel.url, { body }, tools), (text) =>
      quotePagerDuty(text, [key]),
    );
  });
}

export function deliverToWebhook(
  { channel, message }: Planned<'webhook'>,
  tools: DeliveryTools,
): Promise<DeliveryAttempt> {
  const body = JSON.stringify(message.body);
  const send = (url: string) =>
    withSecret(tools.readSecret, [channel.secret, 'signing key'], async (key) => {
      const headers = signWebhook({ id: message.id, atMs: Date.now(), body }, key);
      return judgeOutcome(await post(url, { body, headers }, tools));
    });
  return typeof channel.url === 'string'
    ? send(channel.url)
    : withSecret(tools.readSecret, [channel.url, 'address'], send);
}
