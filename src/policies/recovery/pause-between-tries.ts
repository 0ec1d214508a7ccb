const firstMs = 2_000;
const usualMs = 60_000;
/** With this share of what has passed, tries grow with the logarithm of the time alone. */
const shareOfElapsed = 1 / 20;

/** Quick at first; what is tried for hours is tried less often, so that the history of its run stays small. */
export function pauseBetweenTries(elapsedMs: number): number {
  const pauseMs = Math.max(Math.min(elapsedMs, usualMs), elapsedMs * shareOfElapsed);
  return Math.max(firstMs, Math.round(pauseMs));
}
