/**
 * A fault is a lease that the run extends: where the run, its worker and Temporal are all gone, the
 * fault is gone after this.
 */
const leaseMs = 60_000;
/** From the end of the time of a fault, for the run to remove it. */
const marginMs = 10_000;

/** The most that a fault may be there, whatever becomes of the run. */
export function longestFaultMs(durationMs: number): number {
  return durationMs + marginMs;
}

/** How long the lease is from now. */
export function leaseFor(remainingMs: number): number {
  return Math.min(leaseMs, Math.max(1_000, remainingMs) + marginMs);
}

/** How long the run may wait before it extends its leases; undefined where they last to the end. */
export function extendAfterMs(remainingMs: number): number | undefined {
  return remainingMs + marginMs <= leaseMs ? undefined : leaseMs / 3;
}
