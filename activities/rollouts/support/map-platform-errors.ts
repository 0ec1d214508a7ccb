import type { Info } from '@temporalio/activity';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { serverClock } from '../../../src/adapters/temporal/server-clock.ts';
import { BreakerOpen } from '../../../src/adapters/breakers/breaker-open.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { PlatformErrorCode } from '../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import { isLastAttempt } from '../../../src/policies/rollouts/last-attempt.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';

/** Runs an act on a platform; what the platform refused is final, what it could not answer is tried again. */
export async function mapPlatformErrors<T>(act: () => Promise<T>): Promise<T> {
  const nowMs = serverClock();
  try {
    return await act();
  } catch (error) {
    throw error instanceof PlatformError
      ? asFailure(error, Context.current().info, nowMs())
      : error;
  }
}

function asFailure(error: PlatformError, info: Info, nowMs: number): ApplicationFailure {
  const { type, isFinal } = failureOf[error.code];
  const delayMs = isFinal ? undefined : whenToTryAgain(error);
  const gaveUp = !isFinal && isOutOfBudget(info, nowMs, delayMs);
  const after = `, ${info.attempt} attempts in ${formatDuration(info.scheduleToCloseTimeoutMs)}`;
  return ApplicationFailure.create({
    message: gaveUp ? error.message + after : error.message,
    type,
    nonRetryable: isFinal || gaveUp,
    cause: error,
    ...(delayMs !== undefined && { nextRetryDelay: delayMs }),
  });
}

/** A breaker may close, or be reset, before its time is over: an act must not sleep through that. */
const longestDelayMs = 5_000;
const shortestDelayMs = 500;

function whenToTryAgain({ cause }: PlatformError): number | undefined {
  if (!(cause instanceof BreakerOpen)) return undefined;
  return Math.min(longestDelayMs, Math.max(shortestDelayMs, cause.retryInMs));
}

/** The policy that a running activity is told of has its times in milliseconds. */
function isOutOfBudget(info: Info, nowMs: number, delayMs?: number): boolean {
  const { retryPolicy, scheduleToCloseTimeoutMs, scheduledTimestampMs, attempt } = info;
  if (retryPolicy === undefined || scheduleToCloseTimeoutMs <= 0) return false;
  const initialMs = Number(retryPolicy.initialInterval ?? 1000);
  const policy = {
    initialMs,
    factor: retryPolicy.backoffCoefficient ?? 2,
    maximumMs: Number(retryPolicy.maximumInterval ?? 100 * initialMs),
  };
  const times =
    delayMs === undefined ? policy : { initialMs: delayMs, factor: 1, maximumMs: delayMs };
  const budget = { startedAtMs: scheduledTimestampMs, budgetMs: scheduleToCloseTimeoutMs };
  return isLastAttempt(times, attempt, { ...budget, nowMs });
}

const failureOf: Record<PlatformErrorCode, { type: string; isFinal: boolean }> = {
  'stale-fence': { type: failureTypes.staleFence, isFinal: true },
  conflict: { type: failureTypes.targetRefused, isFinal: true },
  drifted: { type: failureTypes.targetDrifted, isFinal: true },
  'not-found': { type: failureTypes.targetRefused, isFinal: true },
  invalid: { type: failureTypes.targetRefused, isFinal: true },
  unauthorized: { type: failureTypes.targetRefused, isFinal: true },
  unavailable: { type: failureTypes.targetUnavailable, isFinal: false },
};
