import type { MeasuredGateway } from '../system/measured-system.ts';

export interface Webhook {
  method: 'GET' | 'POST';
  path: string;
  /** Absent: the one that the gateway knows; empty: none. */
  token?: string;
  body?: string;
}

export interface Answer {
  status: number;
  body: unknown;
  tookMs: number;
}

/** One request, its answer read to the end. */
export async function sendWebhook(
  gateway: MeasuredGateway,
  { method, path, token = gateway.token, body }: Webhook,
): Promise<Answer> {
  const sentAt = performance.now();
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { ...(token !== '' && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body }),
  });
  const answer: unknown = await response.json();
  return { status: response.status, body: answer, tookMs: performance.now() - sentAt };
}
