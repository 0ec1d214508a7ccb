import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import { PlatformError } from '../../contracts/rollouts/platform.ts';

/** One attempt of an activity, for the requests that it sends. */
export interface ActivityAttempt {
  /** Aborted when the activity is cancelled, and with an AttemptOver when its time is over. */
  signal: AbortSignal;
  /** By `performance.now()`. */
  endsAtMs: number;
  /** Milliseconds since the epoch, by the clock that all workers share. */
  nowMs(): number;
}

/** The attempt has used up its time; the next one repeats the request. */
export class AttemptOver extends PlatformError {
  constructor(limitMs: number) {
    super('unavailable', `no answer in the ${limitMs / 1_000} s of one attempt`);
  }
}

const attempts = new AsyncLocalStorage<ActivityAttempt | undefined>();

/** The attempt in which this code runs; undefined if it runs for no activity, or for several. */
export function currentAttempt(): ActivityAttempt | undefined {
  return attempts.getStore();
}

export function timeLeftMs(): number {
  const attempt = currentAttempt();
  return attempt === undefined ? Infinity : Math.max(0, attempt.endsAtMs - performance.now());
}

/**
 * Milliseconds since the epoch. What one worker writes down another reads, so within an activity
 * this is not the clock of the worker.
 */
export function attemptNowMs(): number {
  return currentAttempt()?.nowMs() ?? Date.now();
}

/** For work that outlives the attempt that started it. */
export function outsideAttempts<T>(act: () => T): T {
  return attempts.run(undefined, act);
}

/** An act is ended this long before its attempt at most, so that its reason arrives. */
const longestReportMs = 500;
const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs an activity. What it asks of a platform ends with `cancelled`, and shortly before `limitMs`
 * is over, as Temporal then starts the next attempt.
 */
export async function withinAttempt<T>(
  {
    cancelled,
    limitMs,
    nowMs = Date.now,
  }: { cancelled: AbortSignal; limitMs: number; nowMs?: () => number },
  act: () => Promise<T>,
): Promise<T> {
  const usableMs = Math.max(limitMs - longestReportMs, 0.9 * limitMs);
  const ending = new AbortController();
  // An act may wait for any number of reads at once.
  setMaxListeners(0, ending.signal);
  const cancel = () => ending.abort(cancelled.reason);
  const end = () => ending.abort(new AttemptOver(limitMs));
  const timer = setTimeout(end, Math.min(usableMs, longestTimerMs));
  if (cancelled.aborted) cancel();
  cancelled.addEventListener('abort', cancel);
  const attempt = { signal: ending.signal, endsAtMs: performance.now() + usableMs, nowMs };
  try {
    return await attempts.run(attempt, act);
  } finally {
    clearTimeout(timer);
    cancelled.removeEventListener('abort', cancel);
  }
}
