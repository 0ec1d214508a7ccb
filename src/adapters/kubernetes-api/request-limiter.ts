export interface RequestRate {
  /** Average number of requests per second. */
  qps: number;
  /** Largest burst after a quiet time. */
  burst: number;
}

export interface RequestLimiter {
  /** Milliseconds until the turn of a request with this many others before it; 0 if it is now. */
  waitMs(nowMs: number, before: number): number;
  /** Takes the next turn. */
  pay(nowMs: number): void;
}

/**
 * A token bucket in its virtual-scheduling form (GCRA, ITU-T I.371): one number stores until when
 * the turns are taken, so no timer is needed.
 */
export function createRequestLimiter({ qps, burst }: RequestRate): RequestLimiter {
  const turnMs = 1000 / qps;
  let paidUntilMs = -Infinity;
  const turnAtMs = (nowMs: number, before: number) =>
    Math.max(paidUntilMs, nowMs - burst * turnMs) + (before + 1) * turnMs;
  return {
    waitMs: (nowMs, before) => Math.max(0, turnAtMs(nowMs, before) - nowMs),
    pay: (nowMs) => {
      paidUntilMs = turnAtMs(nowMs, 0);
    },
  };
}
