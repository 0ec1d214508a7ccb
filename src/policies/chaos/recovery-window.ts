const leastMs = 5_000;
const leastSamples = 5;

/** How long recovery is looked at once: longer the longer it takes, so that a slow one stays small. */
export function recoveryWindowMs(everyMs: number, sinceMs: number): number {
  return Math.max(leastMs, leastSamples * everyMs, Math.round(sinceMs / 10));
}
