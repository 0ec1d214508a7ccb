import type { DeliveryAttempt } from './attempt.ts';
import type { PostOutcome } from './post.ts';

/** Statuses that mean "not now" for a request that had no effect. */
const notNow = [425, 429];
/** Redirects of a request that had no effect; with other redirects it may have had one. */
const elsewhere = [301, 307, 308];

/**
 * The result of a notification, by the outcome of its request. `quote` selects what may be quoted from
 * a response; by default nothing.
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
  // A gateway may answer 503 to a request that it has forwarded; with Retry-After it has refused it.
  if (notNow.includes(status) || (status === 503 && afterMs !== undefined)) {
    return {
      result: 'not-delivered',
      reason,
      again: true,
      ...(afterMs !== undefined && { afterMs }),
    };
  }
  if (elsewhere.includes(status)) {
    const advice = `${reason}, a redirect, which is not followed`;
    return { result: 'not-delivered', reason: advice, again: false };
  }
  // Servers also answer 408 if their own work took too long.
  if (status >= 400 && status <= 499 && status !== 408) {
    return { result: 'not-delivered', reason, again: false };
  }
  return { result: 'doubtful', reason };
}

/** Accepts seconds or a date. */
function retryAfterMs(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^\d{1,9}$/.test(written.trim())) return Number(written) * 1_000;
  const until = Date.parse(written);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}
