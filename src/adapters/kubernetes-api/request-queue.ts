import { createRequestLimiter, type RequestRate } from './request-limiter.ts';

export interface WantedTurn {
  /** If the turn would come later than this, none is taken. */
  atMostMs: number;
  /** Gives up the place in the queue to the next request. */
  signal?: AbortSignal | undefined;
  /** Urgent requests come before all others. */
  isUrgent: boolean;
}

/**
 * Waits for a turn; returns false, without taking one, if that would take too long. Rejects with the
 * signal's reason. First come, first served among requests of equal urgency.
 */
export type TakeTurn = (wanted: WantedTurn) => Promise<boolean>;

interface Waiting {
  isUrgent: boolean;
  serve: () => void;
}

/** The requests that wait for one API server. */
export function createRequestQueue(rate: RequestRate): TakeTurn {
  const limiter = createRequestLimiter(rate);
  const queue: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  const serveDue = () => {
    clearTimeout(timer);
    const nowMs = performance.now();
    while (queue.length > 0 && limiter.waitMs(nowMs, 0) === 0) {
      limiter.pay(nowMs);
      queue.shift()?.serve();
    }
    if (queue.length > 0) timer = setTimeout(serveDue, Math.ceil(limiter.waitMs(nowMs, 0)));
  };
  const placeOf = (isUrgent: boolean) => {
    const place = isUrgent ? queue.findIndex((other) => !other.isUrgent) : -1;
    return place === -1 ? queue.length : place;
  };

  return async ({ atMostMs, signal, isUrgent }) => {
    signal?.throwIfAborted();
    serveDue();
    const place = placeOf(isUrgent);
    const nowMs = performance.now();
    const waitMs = limiter.waitMs(nowMs, place);
    if (waitMs > atMostMs) return false;
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal?.reason as Error);
      };
      const waiting = {
        isUrgent,
        serve: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      queue.splice(place, 0, waiting);
      signal?.addEventListener('abort', leave);
      serveDue();
    });
    return true;
  };
}
