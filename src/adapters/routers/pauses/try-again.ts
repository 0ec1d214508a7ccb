/** How long what does not answer is tried to be let go on. */
export interface Patience {
  firstMs: number;
  longestMs: number;
  /** What is paused after so long was paused by somebody else: the router was started again. */
  givesUpAfterMs: number;
}

const usualPatience: Patience = {
  ...{ firstMs: 500, longestMs: 30_000, givesUpAfterMs: 3_600_000 },
};

/** How long to wait before the next attempt; undefined: it is given up. */
export function untilNextTry(
  failed: { times: number; forMs: number },
  { firstMs, longestMs, givesUpAfterMs }: Patience = usualPatience,
): number | undefined {
  if (failed.forMs >= givesUpAfterMs) return undefined;
  return Math.min(longestMs, firstMs * 2 ** Math.min(failed.times - 1, 16));
}
