import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { RunReport } from '../kernel/report.ts';
import type { Outcome } from './outcome.ts';
import type { StageStatus } from './status.ts';

/** `unknown`: of a rollout that died, and whose claim did not record it. */
export type ReportedKind = SpecKind | 'unknown';

export interface RolloutDetails {
  version: string;
  previousVersion?: string;
  stages: StageStatus[];
}

/** The result of every rollout workflow, and its entry in the ledger. */
export interface RolloutReport extends RunReport<RolloutDetails> {
  family: 'rollouts';
  kind: ReportedKind;
  outcome: Outcome;
}
