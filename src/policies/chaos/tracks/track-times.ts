import type { ChaosExperimentSpec } from '../../../specs/chaos/experiment.ts';
import { longestFaultMs } from '../lease-plan.ts';

const keptMs = 120_000;
/** Between the parts of a run, and for the last window of its recovery. */
const spareMs = 10 * 60_000;

/** Tracks that their run has not asked for so long end by themselves. */
export function keptForMs(everyMs: number): number {
  return Math.max(keptMs, 3 * everyMs);
}

/** Whatever becomes of the run, its tracks end after this. */
export function longestTracksMs({
  steadyStateMs,
  durationMs,
  recoverWithinMs,
}: Pick<ChaosExperimentSpec, 'steadyStateMs' | 'durationMs' | 'recoverWithinMs'>): number {
  return steadyStateMs + longestFaultMs(durationMs) + recoverWithinMs + spareMs;
}
