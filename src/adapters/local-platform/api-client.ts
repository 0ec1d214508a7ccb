import type { Guard, CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';
import { PlatformError, type PlatformErrorCode } from '../../contracts/rollouts/platform.ts';
import { AttemptOver } from '../attempts/current-attempt.ts';
import { createRequestEnd } from '../attempts/request-end.ts';
import { BreakerOpen } from '../breakers/breaker-open.ts';
import { unguarded } from '../breakers/unguarded.ts';
import type { LocatePlatform, PlatformLocation } from './locate.ts';

export interface ApiCall {
  method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  timeoutMs: number;
}

export type CallApi = (call: ApiCall) => Promise<string>;

/** There was no response, or one that reports a failure of the platform. */
class Unwell extends PlatformError {}

/** The platform refused, so it is available. */
class Refused extends PlatformError {}

/** Calls the platform's API; every failure is a PlatformError. Follows the platform to another address. */
export function createApiClient(locate: LocatePlatform, guard: Guard = unguarded): CallApi {
  const callApi = createFollower(locate);
  return async (call) => {
    try {
      return await guard(() => callApi(call), judgeAnswer);
    } catch (error) {
      if (!(error instanceof BreakerOpen)) throw error;
      throw new PlatformError('unavailable', error.message, { cause: error });
    }
  };
}

function judgeAnswer(outcome: CallResult<string>): CallHealth {
  if ('value' in outcome || outcome.error instanceof Refused) return 'ok';
  return outcome.error instanceof Unwell ? { failed: outcome.error.message } : 'ignored';
}

function createFollower(locate: LocatePlatform): CallApi {
  let known: PlatformLocation | undefined;
  return async (call) => {
    const tried = (known ??= await locate());
    try {
      return await send(tried, call);
    } catch (error) {
      if (!mayHaveMoved(error)) throw error;
      known = undefined;
      const now = await locate();
      if (now.url === tried.url && now.token === tried.token) throw error;
      known = now;
      return await send(now, call);
    }
  };
}

function mayHaveMoved(error: unknown): boolean {
  return (
    error instanceof PlatformError &&
    (error.code === 'unavailable' || error.code === 'unauthorized')
  );
}

type Called = NonNullable<PlatformLocation['called']>;

interface Asked {
  address: URL;
  called: Called;
}

const localPlatform: Called = {
  who: 'The local platform',
  mend: 'start it with `belay up`, or check BELAY_PLATFORM_URL',
};

async function send(
  { url, token, called = localPlatform }: PlatformLocation,
  { method = 'GET', path, body, timeoutMs }: ApiCall,
): Promise<string> {
  const address = new URL(path, url);
  const end = createRequestEnd(timeoutMs, method !== 'GET');
  try {
    end.unsent.throwIfAborted();
    const response = await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: end.sent,
    });
    const text = await response.text();
    if (response.ok) return text;
    throw refused({ address, called }, response.status, text);
  } catch (error) {
    if (error instanceof Unwell || error instanceof Refused) throw error;
    const reason = end.endedBy();
    if (reason instanceof AttemptOver && end.isCutShort()) throw reason;
    if (reason instanceof Error && !(reason instanceof AttemptOver)) throw reason;
    throw unanswered({ address, called }, timeoutMs, error);
  } finally {
    end.forget();
  }
}

const codes: readonly string[] = [
  'stale-fence',
  'conflict',
  'drifted',
  'not-found',
  'invalid',
  'unauthorized',
  'unavailable',
] satisfies PlatformErrorCode[];

function refused({ address, called }: Asked, status: number, text: string): PlatformError {
  const { code, message } = readRefusal(text);
  if (code === undefined) {
    return new Unwell(
      'unavailable',
      `${called.who} at ${address.origin} answered ${status} to ${address.pathname}; ` +
        'its log says more',
    );
  }
  return new Refused(code, message ?? `refused with ${status}`);
}

function readRefusal(text: string): { code?: PlatformErrorCode; message?: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } };
    return {
      ...(codes.includes(error?.code ?? '') && { code: error?.code as PlatformErrorCode }),
      ...(error?.message !== undefined && { message: error.message }),
    };
  } catch {
    return {};
  }
}

function unanswered({ address, called }: Asked, timeoutMs: number, cause: unknown): PlatformError {
  const inTime = cause instanceof Error && cause.name === 'TimeoutError';
  const why = inTime ? `no answer within ${timeoutMs} ms` : rootMessage(cause);
  return new Unwell(
    'unavailable',
    `${called.who} does not answer at ${address.origin} (${why}); ${called.mend}`,
    { cause },
  );
}

/** fetch itself only ever says "fetch failed". */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
