export interface RetryTimes {
  initialMs: number;
  factor: number;
  maximumMs: number;
}

/** How long the server waits after this attempt (1 is the first) before the next. */
export function retryDelayMs(
  { initialMs, factor, maximumMs }: RetryTimes,
  attempt: number,
): number {
  return Math.min(maximumMs, initialMs * factor ** (attempt - 1));
}

/** The server's timers may fire this much late, and it counts that against the budget. */
const serverTimerMs = 1000;

/**
 * Whether no attempt can follow this one within the budget. The server then reports only that
 * time ran out, so the last attempt has to say itself what was wrong.
 */
export function isLastAttempt(
  times: RetryTimes,
  attempt: number,
  { startedAtMs, budgetMs, nowMs }: { startedAtMs: number; budgetMs: number; nowMs: number },
): boolean {
  return nowMs + retryDelayMs(times, attempt) + serverTimerMs >= startedAtMs + budgetMs;
}
