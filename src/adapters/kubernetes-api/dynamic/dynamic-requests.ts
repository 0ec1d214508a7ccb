import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Connection, HttpCall } from '../connection.ts';
import { messageOf, readStatus } from '../refusal.ts';
import { readBody, reasonOf } from '../requests.ts';
import { isPassing, planRetry, readRetryAfter } from '../retry.ts';

/** Says what a request is about; never what it holds. */
export interface DynamicCall extends HttpCall {
  what: string;
  /** The answer is text, such as a log. */
  isText?: true;
  /** Sent once, however that ends: whoever asks has to know whether it was sent before. */
  isOnce?: true;
}

export type DynamicAsk = (call: DynamicCall, cancelled: AbortSignal) => Promise<unknown>;

const budget = { attempts: 5, budgetMs: 30_000 };
const timeoutMs = 30_000;

/** Requests about any kind of object, tried again while the server cannot serve them. Throws PlatformError. */
export function createDynamicAsk(connection: Connection): DynamicAsk {
  return async (call, cancelled) => {
    const startMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await tryOnce(connection, call, cancelled);
      if ('answer' in outcome) return outcome.answer;
      const { failure, retryAfterMs } = outcome;
      const elapsedMs = performance.now() - startMs;
      const random = Math.random();
      const waitMs =
        failure.code === 'unavailable' && !call.isOnce
          ? planRetry(budget, { attempt, elapsedMs, retryAfterMs, random })
          : undefined;
      if (waitMs === undefined || cancelled.aborted) throw failure;
      await sleep(waitMs, undefined, { signal: cancelled });
    }
  };
}

type Outcome = { answer: unknown } | { failure: PlatformError; retryAfterMs?: number | undefined };

async function tryOnce(
  connection: Connection,
  call: DynamicCall,
  cancelled: AbortSignal,
): Promise<Outcome> {
  const end = AbortSignal.any([cancelled, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await connection.open(call, { unsent: end, sent: end });
    return judge(call, response, await readBody(response));
  } catch (error) {
    if (error instanceof PlatformError) return { failure: error };
    const why = `the cluster did not ${call.what} (${reasonOf(error)})`;
    return { failure: new PlatformError('unavailable', why, { cause: error }) };
  }
}

const codes: Readonly<Record<number, 'unauthorized' | 'not-found' | 'conflict'>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not-found',
  409: 'conflict',
};

function judge({ what, isText }: DynamicCall, response: IncomingMessage, text: string): Outcome {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { answer: isText ? text : JSON.parse(text) };
  const why = messageOf(readStatus(text));
  if (isPassing(status)) {
    const failure = new PlatformError(
      'unavailable',
      `the cluster did not ${what}: ${status}, ${why}`,
    );
    return { failure, retryAfterMs: readRetryAfter(response.headers['retry-after']) };
  }
  const code = codes[status] ?? 'invalid';
  return { failure: new PlatformError(code, `the cluster refused to ${what}: ${why}`) };
}
