export interface RequestRate {
  /** Requests per second in the long run. */
  qps: number;
  /** Requests at once after a quiet time. */
  burst: number;
}

/**
 * Takes the next turn: answers how many milliseconds to wait before it; undefined, with no turn
 * taken, where that would be longer than `atMostMs`. First come, first served.
 */
export type TakeTurn = (nowMs: number, atMostMs: number) => number | undefined;

/**
 * A token bucket in its virtual-scheduling form (GCRA, ITU-T I.371): one number says until when
 * the turns handed out are paid for, so nobody overtakes and nothing needs to tick.
 */
export function createRequestLimiter({ qps, burst }: RequestRate): TakeTurn {
  const turnMs = 1000 / qps;
  let paidUntilMs = -Infinity;
  return (nowMs, atMostMs) => {
    const turnAtMs = Math.max(paidUntilMs, nowMs - burst * turnMs) + turnMs;
    const waitMs = Math.max(0, turnAtMs - nowMs);
    if (waitMs > atMostMs) return undefined;
    paidUntilMs = turnAtMs;
    return waitMs;
  };
}
