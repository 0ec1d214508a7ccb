import { formatDuration } from '../../specs/kernel/duration.ts';

/** Each fault that is watched is extended every 20 s, and the history of a run has an end. */
const mostWatchedMs = 10 * 3_600_000;
const soonestMs = 2_000;
/** So many are removed at once without looking more seldom at each. */
const fewAtOnce = 10;

/** Why so many faults are not watched for so long; undefined where they can be. */
export function refuseLength(targets: number, durationMs: number): string | undefined {
  if (targets * durationMs <= mostWatchedMs) return undefined;
  const minuteMs = 60_000;
  const shorterMs = Math.floor(mostWatchedMs / targets / minuteMs) * minuteMs;
  const [length, most, shorter] = [durationMs, mostWatchedMs, shorterMs].map(formatDuration);
  return `${targets} targets for ${length} are more than a run can watch, ${most} all in all: write a shorter duration, of ${shorter} at most, or a smaller blastRadius`;
}

/** How long to wait before a fault is looked for again that was to be gone so long ago. */
export function removalPauseMs(sinceMs: number, others: number): number {
  return Math.max(soonestMs, sinceMs / 10) * Math.max(1, (others + 1) / fewAtOnce);
}
