import type { IncomingMessage } from 'node:http';
import type { Guard, CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import { AttemptOver, currentAttempt, timeLeftMs } from '../attempts/current-attempt.ts';
import { createRequestEnd } from '../attempts/request-end.ts';
import { pauseWithinAttempt } from '../attempts/wait-within-attempt.ts';
import { BreakerOpen } from '../breakers/breaker-open.ts';
import { bypassesBreaker } from '../breakers/bypass-breaker.ts';
import type { Connection, HttpCall } from './connection.ts';
import { inWords, pathOf } from './kinds.ts';
import {
  isUnauthenticated,
  readStatus,
  refusalOf,
  type RequestAttempt,
  type Status,
} from './refusal.ts';
import type { TakeTurn } from './request-queue.ts';
import { isPassing, planRetry, readRetryAfter, type RetryBudget } from './retry.ts';

export interface ApiRequest extends RequestAttempt {
  query?: Record<string, string>;
  body?: unknown;
}

/** Returns the parsed body; every failure is a PlatformError, or TestFailed. */
export type Ask = (request: ApiRequest) => Promise<unknown>;

export interface RequestSettings extends RetryBudget {
  /** The longest wait for one response, in milliseconds. */
  timeoutMs: number;
  /** The longest wait for a turn. */
  queueMs: number;
}

export const requestDefaults: RequestSettings = {
  attempts: 4,
  budgetMs: 15_000,
  timeoutMs: 10_000,
  queueMs: 60_000,
};

const methods = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
} as const;

export function httpCall(request: ApiRequest): HttpCall {
  const { verb, query, body } = request;
  return {
    method: methods[verb],
    path: pathOf(request),
    ...(query && { query }),
    ...(body !== undefined && { body }),
    ...(verb === 'patch' && { contentType: 'application/json-patch+json' }),
  };
}

interface Asking {
  connection: Connection;
  takeTurn: TakeTurn;
  server: string;
  settings: RequestSettings;
  /** The breaker for every attempt. */
  guard: Guard;
}

/** Requests with turns, time limits and retries. */
export function createAsk({ connection, takeTurn, server, settings, guard }: Asking): Ask {
  const attemptOf = (request: ApiRequest) => async (): Promise<RequestResult> => {
    try {
      return await guard(() => tryAsKnown(connection, request, settings), judgeAttempt);
    } catch (error) {
      if (!(error instanceof BreakerOpen)) throw error;
      return { refusal: new PlatformError('unavailable', error.message, { cause: error }) };
    }
  };
  return async (request) => {
    const tryOn = attemptOf(request);
    await turn(takeTurn, settings);
    const startMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOn();
      if ('answer' in outcome) return outcome.answer;
      if ('refusal' in outcome) throw outcome.refusal;
      const budgetMs = Math.min(settings.budgetMs, performance.now() - startMs + timeLeftMs());
      const waitMs = planRetry(
        { ...settings, budgetMs },
        {
          attempt,
          elapsedMs: performance.now() - startMs,
          retryAfterMs: outcome.retryAfterMs,
          random: Math.random(),
        },
      );
      if (waitMs === undefined) throw unserved(request, server, outcome);
      await pauseWithinAttempt(waitMs);
      await turn(takeTurn, settings);
    }
  };
}

async function turn(takeTurn: TakeTurn, { queueMs }: RequestSettings): Promise<void> {
  const atMostMs = Math.min(queueMs, timeLeftMs());
  const signal = currentAttempt()?.signal;
  if (await takeTurn({ atMostMs, signal, isUrgent: bypassesBreaker() })) return;
  const limit = atMostMs < queueMs ? ', longer than this attempt has left' : '';
  throw new PlatformError(
    'unavailable',
    `More than ${(atMostMs / 1000).toFixed(1)} s of requests to the cluster wait for their turn${limit}; ` +
      'raise BELAY_KUBERNETES_QPS if its API server can handle more',
  );
}

interface Unserved {
  why: string;
  /** The server's response; absent if there was none. */
  status?: number;
  retryAfterMs?: number | undefined;
  /** The attempt had too little time to show anything about the server. */
  isCutShort?: boolean;
  cause?: unknown;
}

/** `isUnasked`: nothing reached the server. */
type RequestResult = { answer: unknown } | { refusal: Error; isUnasked?: true } | Unserved;

/** A server that refuses, or that is overloaded (429), is available: only timeouts and 5xx count as failures. */
function judgeAttempt(outcome: CallResult<RequestResult>): CallHealth {
  if (!('value' in outcome)) return 'ignored';
  const { value } = outcome;
  if ('refusal' in value && value.isUnasked) return 'ignored';
  if ('answer' in value || 'refusal' in value) return 'ok';
  if (value.isCutShort) return 'ignored';
  return value.status === undefined || value.status >= 500 ? { failed: value.why } : 'ok';
}

/** A token may just have been renewed: a 401 counts only after the credentials were read again. */
async function tryAsKnown(
  connection: Connection,
  request: ApiRequest,
  settings: RequestSettings,
): Promise<RequestResult> {
  const outcome = await tryOnce(connection, request, settings);
  if (!('refusal' in outcome) || !isUnauthenticated(outcome.refusal)) return outcome;
  connection.renewCredentials();
  return await tryOnce(connection, request, settings);
}

async function tryOnce(
  connection: Connection,
  request: ApiRequest,
  { timeoutMs }: RequestSettings,
): Promise<RequestResult> {
  const end = createRequestEnd(timeoutMs, isWrite(request));
  try {
    const response = await connection.open(httpCall(request), end);
    return judge(request, response, await readBody(response));
  } catch (error) {
    const reason = end.endedBy();
    if (reason instanceof AttemptOver) {
      return { why: reason.message, isCutShort: end.isCutShort(), cause: reason };
    }
    if (reason instanceof Error) return { refusal: reason, isUnasked: true };
    if (error instanceof PlatformError) return { refusal: error, isUnasked: true };
    return { why: reasonOf(error), cause: error };
  } finally {
    end.forget();
  }
}

/** A rehearsal (`dryRun=All`) writes nothing. */
function isWrite({ verb, query }: ApiRequest): boolean {
  return methods[verb] !== 'GET' && query?.['dryRun'] === undefined;
}

function judge(request: ApiRequest, response: IncomingMessage, text: string): RequestResult {
  const code = response.statusCode ?? 0;
  if (code >= 200 && code < 300) return { answer: JSON.parse(text) };
  const status = readStatus(text);
  if (!isPassing(code) && !wasOvertaken(request, status))
    return { refusal: refusalOf(request, code, status) };
  return {
    status: code,
    why: `${code}${status.message === undefined ? '' : `, ${status.message.slice(0, 200)}`}`,
    retryAfterMs: readRetryAfter(response.headers['retry-after']),
  };
}

/** Others wrote so often that the server could not apply the patch; the patch itself has no version. */
function wasOvertaken({ verb }: ApiRequest, { reason }: Status): boolean {
  return verb === 'patch' && reason === 'Conflict';
}

export async function readBody(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

/** The message of a Node error may be empty if several addresses were tried; its code is not. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection ended';
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (isTimeout(error) || isTimeout(error.cause)) return 'no answer in time';
  return message || (code ?? name);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function unserved(request: ApiRequest, server: string, { why, cause }: Unserved): PlatformError {
  return new PlatformError(
    'unavailable',
    `The cluster at ${server} did not ${request.verb} ${inWords(request)} (${why})`,
    { cause },
  );
}
