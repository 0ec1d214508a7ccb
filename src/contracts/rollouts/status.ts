import type { RolloutPhase } from '../../kinds/rollout-phases.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { MetricSpec } from '../../specs/rollouts/metrics.ts';
import type { MetricTally } from './hold.ts';
import type { KeptRevision } from './platform.ts';
import type { RunStatus } from '../kernel/run.ts';
import type { Outcome } from './outcome.ts';
import type { Measurement, Verdict } from './verdict.ts';

/** The chaos experiment of a stage, and what came of it. */
export interface StageExperimentStatus {
  /** Of the run that carries it out: where everything else about it is. */
  workflowId: string;
  startedAtMs?: number;
  endedAtMs?: number;
  /** Its verdict; `Refused` or `Lost` where there was none, `LeftOut` where nobody made it. */
  outcome?: string;
  reason?: string;
  /** Of its report. */
  runRef?: string;
}

export interface StageStatus {
  weight: number;
  holdMs: number;
  /** `failed`: its own verdict or act ended the rollout; `stopped`: a person or a newer release did. */
  state: 'pending' | 'active' | 'passed' | 'skipped' | 'failed' | 'stopped';
  enteredAtMs?: number;
  leftAtMs?: number;
  /** When the hold's clock runs out; absent while it is stopped or has not begun. */
  holdEndsAtMs?: number;
  /** How much of the hold is left while its clock is stopped. */
  holdLeftMs?: number;
  verdict?: Verdict;
  /** Why it was left early or skipped: "promoted by ana". */
  note?: string;
  needsApproval?: { by: string[]; until?: number };
  approvedBy?: string;
  experiment?: StageExperimentStatus;
  measurements: Measurement[];
  tallies: Record<string, MetricTally>;
  canaryRequests: number;
  canaryErrors: number;
}

/** The answer of a rollout to the `status` query. Additive only. */
export interface RolloutStatus extends RunStatus {
  kind: SpecKind;
  /** The same as `runRef`. */
  rolloutId: string;
  service: string;
  environment: string;
  version: string;
  previousVersion?: string;
  phase: RolloutPhase;
  /** Percent of traffic on the canary, as last verified. */
  weight: number;
  /** When the first traffic was sent to the new release; absent before. */
  trafficSinceMs?: number;
  stages: StageStatus[];
  /** What the holds measure, with its bounds; absent where nothing is measured. */
  metrics?: MetricSpec[];
  outcome?: Outcome;
  serviceUrl?: string;
  kept?: KeptRevision[];
}
