import type { HoldProgress } from '../../../contracts/rollouts/hold.ts';

/**
 * Characters of JSON: Temporal warns of payloads from 256 KB on, and refuses heartbeats above 2 MB
 * for good.
 */
export const progressLimits = {
  /** Kept by the server until the next one. */
  heartbeat: 220_000,
  /** Kept in the history, for each watch of a hold. */
  outcome: 64_000,
} as const;

/**
 * The progress without counters that the open interval began with, where it would be longer than
 * that: of metrics that are measured less often first, then of all. Whoever continues from it has
 * no data for that interval, and everything that was measured before.
 */
export function boundProgress(progress: HoldProgress, limit: number): HoldProgress {
  if (isWithin(progress, limit)) return progress;
  const { starts: _starts, ...measured } = progress;
  if (isWithin(measured, limit)) return measured;
  const { baseline: _baseline, ...rest } = measured;
  return rest;
}

function isWithin(progress: HoldProgress, limit: number): boolean {
  return JSON.stringify(progress).length <= limit;
}
