/** A hold is measured at least this often, however short it is. */
const leastMeasurementsPerHold = 5;

/** Where a spec leaves it to Belay. */
const mostMeasurementsPerHold = 300;

/**
 * Time between two measurements of a hold: `intervalMs`, or a fifth of the hold if that is shorter.
 * With a least interval it is in proportion to the hold: a thousand long holds must not wear their
 * sources out.
 */
export function measurementIntervalMs(
  holdMs: number,
  { intervalMs, leastIntervalMs }: { intervalMs: number; leastIntervalMs?: number },
): number {
  const wanted =
    leastIntervalMs === undefined
      ? intervalMs
      : Math.max(leastIntervalMs, Math.min(intervalMs, holdMs / mostMeasurementsPerHold));
  return Math.min(wanted, holdMs / leastMeasurementsPerHold);
}
