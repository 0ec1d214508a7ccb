import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { DeliveryAttempt } from './attempt.ts';

export interface Patience {
  /** Waits before the second try and those after it. */
  delaysMs: readonly number[];
  /** No try begins later than this after the first. */
  budgetMs: number;
}

export const defaultPatience: Patience = { delaysMs: [1_000, 5_000, 20_000], budgetMs: 60_000 };

export interface Settled {
  attempts: number;
  last: DeliveryAttempt;
}

/** Tries again only what provably did not arrive and may yet: everything else stays as it is. */
export async function retryUndelivered(
  attempt: () => Promise<DeliveryAttempt>,
  { delaysMs, budgetMs }: Patience,
  signal?: AbortSignal,
): Promise<Settled> {
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts++) {
    const last = await attempt();
    const delayMs = delaysMs[attempts - 1];
    if (last.result !== 'not-delivered' || !last.again || delayMs === undefined) {
      return { attempts, last };
    }
    // Not all at once, where many rollouts were turned away together.
    const waitMs = Math.max(delayMs, last.afterMs ?? 0) * (1 + Math.random() / 4);
    if (performance.now() - startedMs + waitMs > budgetMs) {
      return { attempts, last: giveUp(last) };
    }
    try {
      await sleep(waitMs, undefined, { ...(signal !== undefined && { signal }) });
    } catch {
      const reason = `${last.reason}; the worker stopped before the next try`;
      return { attempts, last: { ...last, reason } };
    }
  }
}

function giveUp(last: DeliveryAttempt & { result: 'not-delivered' }): DeliveryAttempt {
  if (last.afterMs === undefined) return last;
  const asked = formatDuration(last.afterMs);
  return { ...last, reason: `${last.reason}; it asks to wait ${asked}, longer than is waited` };
}
