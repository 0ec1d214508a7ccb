/** How often and how long one call goes on against a server that does not serve it now. */
export interface RetryBudget {
  attempts: number;
  /** From the first attempt on. */
  budgetMs: number;
}

export interface FailedAttempt {
  /** 1 for the first. */
  attempt: number;
  elapsedMs: number;
  /** What the server asked for. */
  retryAfterMs?: number | undefined;
  /** 0 to 1, so that many do not come back at the same moment. */
  random: number;
}

const firstWaitMs = 200;

/** Milliseconds until the next attempt; undefined where there is to be none. */
export function planRetry(
  { attempts, budgetMs }: RetryBudget,
  { attempt, elapsedMs, retryAfterMs = 0, random }: FailedAttempt,
): number | undefined {
  if (attempt >= attempts) return undefined;
  const backoffMs = firstWaitMs * 2 ** (attempt - 1) * (0.5 + random);
  const waitMs = Math.max(retryAfterMs, backoffMs);
  return elapsedMs + waitMs < budgetMs ? waitMs : undefined;
}

/** Whether another attempt may be served: the server is busy, restarting or unwell. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Seconds, as the API server writes them; a date is not worth a parser here. */
export function readRetryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
