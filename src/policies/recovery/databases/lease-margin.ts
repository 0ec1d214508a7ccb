/** From the end of a lease until its server has ended for certain, and for clocks that run unequally. */
export const leaseMarginMs = 2_000;
