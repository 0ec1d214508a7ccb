import type { Measurement } from '../../contracts/verdict.ts';

/** Enough to see the course of a metric, little enough to ride on every heartbeat. */
const keptOfMetric = 24;

/**
 * Adds a metric's measurement, of which `taken` came before it. What is kept of them is evenly
 * spaced over the whole hold, however long it is, and the newest.
 */
export function keepCourse(
  measurements: readonly Measurement[],
  added: Measurement,
  taken: number,
): Measurement[] {
  const before = strideOf(taken);
  const now = strideOf(taken + 1);
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
function strideOf(taken: number): number {
  let stride = 1;
  while (taken / stride > keptOfMetric) stride *= 2;
  return stride;
}
