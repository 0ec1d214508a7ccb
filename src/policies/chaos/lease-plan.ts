/**
 * A fault is a lease that the run extends: where the run, its worker and Temporal are all gone, the
 * fault is gone after this.
 */
const leaseMs = 60_000;
/** From the end of the time of a fault, for the run to remove it. */
const marginMs = 10_000;
/** From the end of the time of a fault, for the run to see that it is still there and does something. */
const lastReadMs = 8_000;
/** For each other target, into which the fault is injected while this one has it. */
const injectionMs = 10_000;
/** Beyond the time of a fault: for the injection of the others, and for its removal. */
const spareMs = 60_000;

/** The most that a fault may be there, from its own beginning, whatever becomes of the run. */
export function longestFaultMs(durationMs: number): number {
  return durationMs + spareMs;
}

/** How long the lease is from now. */
export function leaseFor(remainingMs: number): number {
  return Math.min(leaseMs, Math.max(1_000, remainingMs) + marginMs);
}

/** How long the lease is at first, where this many others are still to be injected. */
export function firstLeaseFor(durationMs: number, others: number): number {
  return leaseFor(durationMs + others * injectionMs);
}

/**
 * How long the run may wait before it extends leases that end in `leftMs`, while it watches for
 * `remainingMs`; undefined where they last to the end.
 */
export function extendAfterMs(remainingMs: number, leftMs: number): number | undefined {
  if (leftMs >= remainingMs + lastReadMs) return undefined;
  return Math.max(0, Math.min(leaseMs / 3, leftMs - leaseMs / 2));
}
