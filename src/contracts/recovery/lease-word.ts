import type { SeenPrimary } from '../../specs/recovery/failover.ts';

/** The update by which a failover asks the watch of its database. */
export const claimLeaseUpdate = 'claimLease';

export interface ClaimLeaseCall {
  environment: string;
  database: string;
  /** The primary that is to be replaced. */
  node: string;
  /** Of the failover: the same answer is given to it again, and to nobody else. */
  runRef: string;
}

/** Who asks the watch of a database for the end of a lease that nobody has acted on yet. */
export interface LeaseWordActivities {
  /** What the watch knew of that primary, with `leaseOverAtMs`; undefined: there is no such watch, or no such lease. */
  claimLease(call: ClaimLeaseCall): Promise<SeenPrimary | undefined>;
}
