export interface RequestRate {
  /** Requests per second in the long run. */
  qps: number;
  /** Requests at once after a quiet time. */
  burst: number;
}

export interface RequestLimiter {
  /** Milliseconds until the turn of a request that so many others come before; 0 where it is due. */
  waitMs(nowMs: number, before: number): number;
  /** Pays for the next turn. */
  pay(nowMs: number): void;
}

/**
 * A token bucket in its virtual-scheduling form (GCRA, ITU-T I.371): one number says until when
 * the turns are paid for, so nothing needs to tick.
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
