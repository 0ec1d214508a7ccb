import type { RunReport } from './report.ts';

/** Where reports of runs outlive Temporal's retention. */
export interface Ledger {
  /** Idempotent by `runRef`: a later report of the same run takes the earlier one's place. */
  append(report: RunReport): Promise<void>;
  /** Newest first, by their start. */
  list(filter?: LedgerFilter): Promise<RunReport[]>;
}

export interface LedgerFilter {
  family?: string;
  families?: readonly string[];
  kinds?: readonly string[];
  environment?: string;
  name?: string;
  runRef?: string;
  outcomes?: readonly string[];
  /** Ended at this time or later. */
  sinceMs?: number;
  limit?: number;
  /** At most so many of each subject. */
  each?: number;
}

export interface LedgerActivities {
  appendReport(report: RunReport): Promise<void>;
}
