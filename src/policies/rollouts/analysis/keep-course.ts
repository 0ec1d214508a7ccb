import type { Measurement } from '../../../contracts/rollouts/verdict.ts';

/** Enough to see the course of a metric, little enough to be sent with every heartbeat. */
const usuallyKept = 24;
const fewestKept = 6;
const keptInAll = 480;

/** How many measurements of each metric are kept; undefined for the usual number. */
export function shareOfCourse(metrics: number): number | undefined {
  const share = Math.max(fewestKept, Math.floor(keptInAll / metrics));
  return share < usuallyKept ? share : undefined;
}

/**
 * Adds a metric's measurement, of which `taken` came before it. What is kept of them is evenly
 * spaced over the whole hold, however long it is, and the newest.
 */
export function keepCourse(
  measurements: readonly Measurement[],
  added: Measurement,
  taken: number,
  most = usuallyKept,
): Measurement[] {
  const before = strideOf(taken, most);
  const now = strideOf(taken + 1, most);
  const own = measurements.filter(({ metric }) => metric === added.metric);
  const isKept = (measurement: Measurement) => {
    const position = own.indexOf(measurement);
    if (position < 0) return true;
    const index = position === own.length - 1 ? taken - 1 : position * before;
    return index % now === 0;
  };
  return [...measurements.filter(isKept), added];
}

/** Every how many measurements one is kept. */
function strideOf(taken: number, most: number): number {
  let stride = 1;
  while (taken / stride > most) stride *= 2;
  return stride;
}
