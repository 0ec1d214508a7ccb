/** A fault that no probe has seen by then is not injected. */
export const seenWithinMs = 10_000;

/**
 * So long it is looked for at the end of its time, since an effect comes and goes with the traffic. The leases of
 * faults last a little longer than this.
 */
export const seenAtEndWithinMs = 3_000;

/** One look at a fault by a probe takes no longer, so that leases do not end during the one at the end. */
export const lookWithinMs = 6_000;
