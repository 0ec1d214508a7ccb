/** Divides traffic by the number of ready pods behind one Service: the closest possible split. */

/** The pods of both tracks. */
export interface ReplicaSplit {
  canary: number;
  stable: number;
}

export interface SplitLimits {
  /** One more pod than wanted may run if the split is closer to the weight then. */
  surge: boolean;
  /** Someone else sets the size of stable, so it stays at `wanted`. */
  autoscaled: boolean;
}

/**
 * The pods of both tracks for this share (0 to 100) of `wanted` replicas: the smallest deviation, and
 * with equal deviations the larger canary. From 1 to 99 neither track is 0 if two pods may run. With an
 * autoscaler the canary is at most as large as stable, so above 50 the only other split is 100.
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

/** The canary's percentage of the ready pods, to one decimal. 0 if none is ready. */
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

/** One pod without surge: it belongs to one track or the other. */
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

/** The track whose share is farther from the weight; in whole numbers, so that a tie is exact. */
function compareDeviation(weight: number, one: ReplicaSplit, other: ReplicaSplit): number {
  const deviation = ({ canary, stable }: ReplicaSplit) =>
    Math.abs(100 * canary - weight * (canary + stable));
  const total = ({ canary, stable }: ReplicaSplit) => canary + stable;
  return deviation(one) * total(other) - deviation(other) * total(one);
}
