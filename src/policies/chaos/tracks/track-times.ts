import type { ChaosExperimentSpec } from '../../../specs/chaos/experiment.ts';
import { longestFaultMs } from '../lease-plan.ts';
import { recoveryWindowMs } from '../recovery-window.ts';

const keptMs = 120_000;
/** Between the parts of a run, and for answers that are late. */
const spareMs = 10 * 60_000;

/** Tracks that their run has not asked for so long end by themselves. */
export function keptForMs(everyMs: number): number {
  return Math.max(keptMs, 3 * everyMs);
}

/** Whatever becomes of the run, its tracks end after this. */
export function longestTracksMs({
  steadyStateMs,
  everyMs,
  durationMs,
  recoverWithinMs,
}: Pick<
  ChaosExperimentSpec,
  'steadyStateMs' | 'everyMs' | 'durationMs' | 'recoverWithinMs'
>): number {
  // It may begin at the very end of the time to recover.
  const lastWindowMs = recoveryWindowMs(
    { sinceMs: recoverWithinMs, targets: 1 },
    { everyMs, answerMs: 0, comparedMs: steadyStateMs },
  );
  return steadyStateMs + longestFaultMs(durationMs) + recoverWithinMs + lastWindowMs + spareMs;
}
