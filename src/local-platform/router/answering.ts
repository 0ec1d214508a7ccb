import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disturbance } from '../experiments/injected-fault.ts';
import { callerLeft } from './caller-left.ts';

/** Until the request has waited for as long as it has to, or its fault has ended. */
export async function waitOut({ waitMs, ended }: Disturbance): Promise<void> {
  if (waitMs <= 0) return;
  await sleep(waitMs, undefined, { signal: ended }).catch(() => undefined);
}

/** Nobody else answers it. */
export function refuse(response: ServerResponse, status: 502 | 503, message: string): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy(new Error(message));
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ error: { code: 'unavailable', message } })}\n`);
}

/** Of a response that has ended, or whose caller has left. */
export function codeOf(response: ServerResponse): number {
  if (response.writableFinished) return response.statusCode;
  return response.errored ? 502 : callerLeft;
}
