import type { MeasuredGateway } from '../system/measured-system.ts';

export interface Webhook {
  method: 'GET' | 'POST';
  path: string;
  /** Absent: the token of the gateway; empty: none. */
  token?: string;
  body?: string;
}

export interface Answer {
  status: number;
  body: unknown;
  tookMs: number;
}

/** Instead of a status: the gateway closed the connection before the body was sent. */
export const closedWhileSending = 0;

/** One request, whose response is read to the end. */
export async function sendWebhook(
  gateway: MeasuredGateway,
  { method, path, token = gateway.token, body }: Webhook,
): Promise<Answer> {
  const sentAt = performance.now();
  try {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { ...(token !== '' && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body }),
    });
    const answer: unknown = await response.json();
    return { status: response.status, body: answer, tookMs: performance.now() - sentAt };
  } catch (error) {
    if (!isClosed(error)) throw error;
    return { status: closedWhileSending, body: undefined, tookMs: performance.now() - sentAt };
  }
}

function isClosed(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'UND_ERR_SOCKET';
}
