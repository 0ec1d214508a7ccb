import type { RolloutReport } from '../rollouts/report.ts';

/** Where reports outlive Temporal's retention. */
export interface Ledger {
  /** Idempotent by rollout ID. */
  append(report: RolloutReport): Promise<void>;
  /** Newest first. */
  list(filter?: LedgerFilter): Promise<RolloutReport[]>;
}

export interface LedgerFilter {
  service?: string;
  environment?: string;
  limit?: number;
  /** At most so many of each service. */
  each?: number;
}

export interface LedgerActivities {
  appendReport(report: RolloutReport): Promise<void>;
}
