/** How often to sweep, and for how long: a patrol is one activity, however many sweeps it makes. */
export interface Patrol {
  everyMs: number;
  forMs: number;
}

export interface SweptRollout {
  workflowId: string;
  rolloutId: string;
  service: string;
  environment: string;
}

/** What the sweeps of one patrol found and did. */
export interface SweepReport {
  sweeps: number;
  swept: SweptRollout[];
  /** What the last sweep could not do; the next one tries again. */
  failed: { where: string; error: string }[];
}

export interface LeftoverActivities {
  /**
   * Removes what dead rollouts left: traffic to stable first, verified. Asks Temporal for each
   * owner by its ID, and never touches what a running rollout holds. One sweep without a patrol.
   */
  sweepLeftovers(patrol?: Patrol): Promise<SweepReport>;
}
