/** How often and how long one call is retried while the server cannot serve it. */
export interface RetryBudget {
  attempts: number;
  /** Counted from the first attempt. */
  budgetMs: number;
}

export interface FailedAttempt {
  /** 1 for the first. */
  attempt: number;
  elapsedMs: number;
  /** The waiting time that the server asked for. */
  retryAfterMs?: number | undefined;
  /** 0 to 1, so that many callers do not retry at the same moment. */
  random: number;
}

const firstWaitMs = 200;

/** Milliseconds until the next attempt; undefined if it is not retried. */
export function planRetry(
  { attempts, budgetMs }: RetryBudget,
  { attempt, elapsedMs, retryAfterMs = 0, random }: FailedAttempt,
): number | undefined {
  if (attempt >= attempts) return undefined;
  const backoffMs = firstWaitMs * 2 ** (attempt - 1) * (0.5 + random);
  const waitMs = Math.max(retryAfterMs, backoffMs);
  return elapsedMs + waitMs < budgetMs ? waitMs : undefined;
}

/** Whether another attempt may succeed: the server is overloaded, restarting or failing. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** In seconds, the form that the API server uses; dates are not supported. */
export function readRetryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
