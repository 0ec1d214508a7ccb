import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { RunReport } from '../kernel/report.ts';
import type { Outcome } from './outcome.ts';
import type { StageStatus } from './status.ts';

/** `unknown`: of a rollout that died, and whose claim did not record it. */
export type ReportedKind = SpecKind | 'unknown';

/** How many replicas of a service there were during a rollout. */
export interface ReplicaUse {
  /** Those of stable when it began. */
  steady: number;
  /** Those asked for beside them, from each moment until the next or the end; 0 once they are gone. */
  extra: { atMs: number; replicas: number }[];
}

export interface RolloutDetails {
  version: string;
  previousVersion?: string;
  stages: StageStatus[];
  /** Absent for a first release, and where a rollout did not record it. */
  replicaUse?: ReplicaUse;
}

/** The result of every rollout workflow, and its entry in the ledger. */
export interface RolloutReport extends RunReport<RolloutDetails> {
  family: 'rollouts';
  kind: ReportedKind;
  outcome: Outcome;
}
