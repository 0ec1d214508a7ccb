import { mean, median, shiftBetween } from './centre.ts';
import type { Values } from './missing-data.ts';

/** How far apart both tracks are. */
export interface Comparison {
  /** The mean where so many values are alike that the shift is 0. */
  by: 'median' | 'mean';
  canary: number;
  stable: number;
  /** Hodges and Lehmann's, in the metric's unit: above 0 where the canary's values are higher. */
  shift: number;
  /** As a fraction of stable's median, or of its mean where that is 0. */
  change: number;
}

export function compareTracks({ canary, stable }: Values): Comparison {
  const shift = shiftBetween(canary, stable);
  const by = shift === 0 ? 'mean' : 'median';
  const centre = by === 'mean' ? mean : median;
  const centres = { canary: centre(canary), stable: centre(stable) };
  const difference = by === 'mean' ? centres.canary - centres.stable : shift;
  const scale = Math.abs(median(stable)) || Math.abs(mean(stable));
  return { by, ...centres, shift, change: difference === 0 ? 0 : difference / scale };
}
