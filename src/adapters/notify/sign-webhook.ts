import { createHmac } from 'node:crypto';
import { signingKey } from '../../specs/kernel/notifications-secrets.ts';

interface Signed {
  id: string;
  atMs: number;
  body: string;
}

/** The headers of Standard Webhooks 1.0, which many libraries verify. */
export function signWebhook({ id, atMs, body }: Signed, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const key = signingKey(secret);
  if (key === undefined) throw new TypeError('not a valid signing key');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
