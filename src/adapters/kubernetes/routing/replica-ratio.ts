/** Traffic divided by the number of ready pods behind one Service: the nearest split that exists. */

/** Pods of both tracks. */
export interface ReplicaSplit {
  canary: number;
  stable: number;
}

export interface SplitLimits {
  /** One pod more than wanted may run, where that comes nearer to the weight. */
  surge: boolean;
  /** Someone else sets the size of stable, so it stays at `wanted`. */
  autoscaled: boolean;
}

/**
 * Pods of both tracks for this share (0 to 100) of `wanted` replicas. The smallest deviation wins,
 * on a tie the larger canary. From 1 to 99 neither side is 0 where two pods may run at all.
 * Autoscaled, the canary is at most as large as stable: above 50 only 100 is a split of its own.
 */
export function planSplit(
  weight: number,
  wanted: number,
  { surge, autoscaled }: SplitLimits,
): ReplicaSplit {
  if (weight === 0) return { canary: 0, stable: wanted };
  if (weight === 100) return { canary: wanted, stable: autoscaled ? wanted : 0 };
  return nearest(weight, autoscaled ? besideStable(wanted) : inside(wanted, surge));
}

/** Percent of the ready pods that are the canary's, to one decimal. 0 while none is ready. */
export function achievedWeight(canaryReady: number, stableReady: number): number {
  return Math.round(share({ canary: canaryReady, stable: stableReady }) * 10) / 10;
}

function share({ canary, stable }: ReplicaSplit): number {
  return canary === 0 ? 0 : (100 * canary) / (canary + stable);
}

function besideStable(stable: number): ReplicaSplit[] {
  return Array.from({ length: stable }, (_, index) => ({ canary: index + 1, stable }));
}

function inside(wanted: number, surge: boolean): ReplicaSplit[] {
  const totals = surge ? [wanted, wanted + 1] : [wanted];
  const both = totals.flatMap(bothServing);
  return both.length > 0 ? both : oneServing(wanted);
}

function bothServing(total: number): ReplicaSplit[] {
  return Array.from({ length: Math.max(0, total - 1) }, (_, index) => ({
    canary: index + 1,
    stable: total - index - 1,
  }));
}

/** One pod without surge: it is the one track's or the other's. */
function oneServing(wanted: number): ReplicaSplit[] {
  return [
    { canary: 0, stable: wanted },
    { canary: wanted, stable: 0 },
  ];
}

function nearest(weight: number, splits: ReplicaSplit[]): ReplicaSplit {
  return splits.reduce(
    (best, split) => {
      const farther = compareDeviation(weight, split, best);
      return farther < 0 || (farther === 0 && split.canary > best.canary) ? split : best;
    },
    splits[0] ?? { canary: 0, stable: 0 },
  );
}

/** Whose share is farther from the weight; in whole numbers, so that a tie is one. */
function compareDeviation(weight: number, one: ReplicaSplit, other: ReplicaSplit): number {
  const deviation = ({ canary, stable }: ReplicaSplit) =>
    Math.abs(100 * canary - weight * (canary + stable));
  const total = ({ canary, stable }: ReplicaSplit) => canary + stable;
  return deviation(one) * total(other) - deviation(other) * total(one);
}
