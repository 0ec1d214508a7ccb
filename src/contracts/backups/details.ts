import type { Commit, ExportedRows, LossOfLog } from './search.ts';
import type { BackupSet } from './backup-set.ts';
import type { Difference } from './catalogue.ts';
import type { PlanName } from './source.ts';
import type { AssertionResult, ContentCheck, RestoreTarget } from './store.ts';

/** What became of one set that a backup was to make. */
export interface SetOutcome {
  component: string;
  agent: string;
  repository: string;
  /** Absent: there is none, and `failure` says why. */
  set?: BackupSet;
  tookMs?: number;
  failure?: string;
  check?: ContentCheck;
  /** Another repository that has it, too. */
  replicatedTo?: string;
  /** Why it is complete, and yet not what was asked for. */
  doubts: string[];
}

/** What the reports of the family say beyond steps and evidence; fields are only ever added. */
export interface BackupDetails {
  plan: PlanName;
  sets?: SetOutcome[];
  differences?: Difference[];
  checks?: CheckedSet[];
  retention?: RetainedSet[];
  restored?: RestoredComponent[];
  drill?: DrillDetails;
  search?: SearchDetails;
}

export interface CheckedSet {
  component: string;
  repository: string;
  label: string;
  /** Of the set, when it was checked. */
  ageMs: number;
  check?: ContentCheck;
  failure?: string;
}

/** What a retention made of one set, and why. */
export interface RetainedSet {
  component: string;
  repository: string;
  label: string;
  fate: 'kept' | 'expires' | 'expired' | 'failed';
  why: string;
}

export interface RestoredComponent {
  component: string;
  agent: string;
  repository: string;
  label: string;
  target: RestoreTarget;
  /** Where it is; absent: in place. */
  folder?: string;
  bytes: number;
  assertions: AssertionResult[];
}

/** How long each part of a restore took. */
export interface RestorePhases {
  restoreMs: number;
  /** Absent where there is nothing to recover. */
  recoverMs?: number;
  assertMs: number;
}

export interface DrillDetails extends RestorePhases {
  component: string;
  agent: string;
  repository: string;
  label: string;
  target: RestoreTarget;
  bytes: number;
  assertions: AssertionResult[];
  /** Of all phases. */
  rtoMs: number;
  /** What a loss of the source would have lost, measured by marks; absent where the source has no log. */
  rpoMs?: number;
}

/** What was found out about the last good moment of a database. */
export interface SearchDetails {
  repository: string;
  label: string;
  /** Transactions of the log that was searched, and those that have touched the table. */
  commits: number;
  touching?: number;
  /** How often a copy was asked, and how many were restored. */
  probes: number;
  copies: number;
  tookMs: number;
  /** Absent: it is the state of the set. */
  lastGood?: Commit;
  firstBad?: Commit;
  /** By going back to before the first bad one. */
  loss?: LossOfLog;
  /** Rows that were written since. */
  exported?: ExportedRows;
}
