/** What one rollout took beyond what its service takes anyway. */
export interface RolloutCost {
  runRef: string;
  kind: string;
  version: string;
  outcome: string;
  startedAtMs: number;
  endedAtMs: number;
  /** Absent: unknown. */
  extraReplicaHours?: number;
  /** What stable took meanwhile; absent: unknown. */
  steadyReplicaHours?: number;
  /** Why nothing is known. */
  unknown?: string;
}

/** What the rollouts of a service took beyond what it takes anyway. */
export interface ServiceCost {
  environment: string;
  service: string;
  /** Newest first. */
  rollouts: RolloutCost[];
  /** Of how many of them nothing is known. They are in none of the sums. */
  unknown: number;
  /** Absent where nothing is known of any. */
  extraReplicaHours?: number;
  /** The same as a share of what stable took meanwhile. */
  share?: number;
  /** What they cost, where a replica-hour has a price. */
  price?: number;
}
