import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { DeliveryAttempt } from './attempt.ts';

export interface RetryTimes {
  /** Waiting times before the second and later attempts. */
  delaysMs: readonly number[];
  /** No attempt starts later than this after the first. */
  budgetMs: number;
}

export const defaultRetryTimes: RetryTimes = { delaysMs: [1_000, 5_000, 20_000], budgetMs: 60_000 };

export interface Settled {
  attempts: number;
  last: DeliveryAttempt;
}

/** Retries only deliveries that certainly did not arrive and may still succeed. */
export async function retryUndelivered(
  attempt: () => Promise<DeliveryAttempt>,
  { delaysMs, budgetMs }: RetryTimes,
  signal?: AbortSignal,
): Promise<Settled> {
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts++) {
    const last = await attempt();
    const delayMs = delaysMs[attempts - 1];
    if (last.result !== 'not-delivered' || !last.again || delayMs === undefined) {
      return { attempts, last };
    }
    // Spread out, in case many rollouts were refused at the same time.
    const waitMs = Math.max(delayMs, last.afterMs ?? 0) * (1 + Math.random() / 4);
    if (performance.now() - startedMs + waitMs > budgetMs) {
      return { attempts, last: giveUp(last) };
    }
    try {
      await sleep(waitMs, undefined, { ...(signal !== undefined && { signal }) });
    } catch {
      const reason = `${last.reason}; the worker stopped before the next attempt`;
      return { attempts, last: { ...last, reason } };
    }
  }
}

function giveUp(last: DeliveryAttempt & { result: 'not-delivered' }): DeliveryAttempt {
  if (last.afterMs === undefined) return last;
  const asked = formatDuration(last.afterMs);
  return {
    ...last,
    reason: `${last.reason}; it asks to wait ${asked}, which is longer than Belay waits`,
  };
}
