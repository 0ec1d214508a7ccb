import type { DeliveryAttempt } from './attempt.ts';
import type { PostOutcome } from './post.ts';

/** Statuses that say "not now" of a request that nothing was done with. */
const notNow = [425, 429];
/** Statuses that say "elsewhere" of a request that nothing was done with; after others it may be. */
const elsewhere = [301, 307, 308];

/**
 * What became of a notification, from what became of the request that carried it. `quote`: what may
 * be repeated of an answer; nothing by default.
 */
export function judgeOutcome(
  outcome: PostOutcome,
  quote: (text: string) => string | undefined = () => undefined,
): DeliveryAttempt {
  switch (outcome.kind) {
    case 'refused':
      return { result: 'not-delivered', reason: outcome.reason, again: false };
    case 'unsent':
      return { result: 'not-delivered', reason: outcome.reason, again: true };
    case 'unanswered':
      return { result: 'doubtful', reason: `after it was sent, ${outcome.reason}` };
    case 'answered': {
      const { status, retryAfter, text } = outcome;
      const quoted = quote(text);
      const reason = `it answered ${status}${quoted === undefined ? '' : `: ${quoted}`}`;
      return judgeStatus(status, retryAfterMs(retryAfter), reason);
    }
  }
}

function judgeStatus(status: number, afterMs: number | undefined, reason: string): DeliveryAttempt {
  if (status >= 200 && status <= 299) return { result: 'delivered' };
  // A gateway says 503 also of a request that it had passed on; with Retry-After it refuses it.
  if (notNow.includes(status) || (status === 503 && afterMs !== undefined)) {
    return {
      result: 'not-delivered',
      reason,
      again: true,
      ...(afterMs !== undefined && { afterMs }),
    };
  }
  if (elsewhere.includes(status)) {
    const advice = `${reason} and leads elsewhere, which is not followed`;
    return { result: 'not-delivered', reason: advice, again: false };
  }
  // Servers also say 408 of work of their own that took too long.
  if (status >= 400 && status <= 499 && status !== 408) {
    return { result: 'not-delivered', reason, again: false };
  }
  return { result: 'doubtful', reason };
}

/** Seconds, or a date. */
function retryAfterMs(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^\d{1,9}$/.test(written.trim())) return Number(written) * 1_000;
  const until = Date.parse(written);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}
