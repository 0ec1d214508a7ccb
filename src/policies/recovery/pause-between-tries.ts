const firstMs = 2_000;
const usualMs = 60_000;
/** Clients have no primary meanwhile: whatever comes back within days is found this soon. */
const longestMs = 15 * 60_000;
/** With a share of what has passed, tries grow with the logarithm of the time alone. */
const shareOfElapsed = 1 / 20;
const shareOfWeeks = 1 / 500;

/** Quick at first; what is tried for hours is tried less often, so that the history of its run stays small. */
export function pauseBetweenTries(elapsedMs: number): number {
  const usual = Math.max(Math.min(elapsedMs, usualMs), elapsedMs * shareOfElapsed);
  const pauseMs = Math.max(Math.min(usual, longestMs), elapsedMs * shareOfWeeks);
  return Math.max(firstMs, Math.round(pauseMs));
}
