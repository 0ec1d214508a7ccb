/** A watch that ends this soon, and before its time, may end as soon again. */
export const shortWatchMs = 60_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30 * 60_000;

/**
 * How long to wait before the next watch of a stage, after so many short ones in a row. One may be
 * short for a reason that is dealt with; from the second on the waits double, so that a watch that
 * can only fail costs a few events an hour.
 */
export function watchPauseMs(shortInARow: number): number {
  if (shortInARow < 2) return 0;
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(shortInARow - 2, 20));
}
