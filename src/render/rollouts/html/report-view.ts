import type { ReportedKind, RolloutReport } from '../../../contracts/rollouts/report.ts';
import type { Outcome } from '../../../contracts/rollouts/outcome.ts';
import type { RolloutStatus } from '../../../contracts/rollouts/status.ts';
import type { RolloutPhase } from '../../../kinds/rollout-phases.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import { measuredMetrics } from '../measured-metrics.ts';

export type Tone = 'good' | 'bad' | 'waiting' | 'open';

/** What open and closed rollouts have in common for a reader. */
export interface ReportView extends Pick<
  RolloutStatus,
  | 'workflowId'
  | 'runId'
  | 'rolloutId'
  | 'service'
  | 'environment'
  | 'version'
  | 'startedAtMs'
  | 'stages'
  | 'people'
  | 'undo'
> {
  kind: ReportedKind;
  previousVersion: string | undefined;
  /** Absent while it is open. */
  endedAtMs?: number;
  /** Its outcome, or its phase. */
  standing: string;
  tone: Tone;
  reasons: string[];
  notes: string[];
  metrics: MetricSpec[];
}

export function viewOfReport(report: RolloutReport): ReportView {
  const { outcome, reason, runRef, subject, details } = report;
  const { kind, workflowId, runId, startedAtMs, endedAtMs, people, undo, notes } = report;
  return {
    ...{ kind, workflowId, runId, startedAtMs, endedAtMs, people, undo, notes },
    rolloutId: runRef,
    service: subject.name,
    environment: subject.environment,
    version: details.version,
    previousVersion: details.previousVersion,
    stages: details.stages,
    standing: outcome,
    tone: toneOfOutcome(outcome),
    reasons: [reason],
    metrics: measuredMetrics(report),
  };
}

export function viewOfStatus(status: RolloutStatus): ReportView {
  const { phase, outcome, now, reason, previousVersion, metrics = [], ...common } = status;
  return {
    ...common,
    previousVersion,
    standing: outcome ?? phase,
    tone: outcome ? toneOfOutcome(outcome) : toneOfPhase(phase),
    reasons: [now, ...(reason === undefined ? [] : [reason])],
    notes: [],
    metrics,
  };
}

function toneOfOutcome(outcome: Outcome): Tone {
  switch (outcome) {
    case 'Promoted':
    case 'FastPromoted':
      return 'good';
    case 'Aborted':
    case 'Superseded':
      return 'waiting';
    case 'RolledBack':
    case 'UndoFailed':
      return 'bad';
  }
}

function toneOfPhase(phase: RolloutPhase): Tone {
  switch (phase) {
    case 'starting':
    case 'preparing':
    case 'holding':
    case 'experimenting':
    case 'keeping':
    case 'promoting':
    case 'taking-over':
    case 'closed':
      return 'open';
    case 'paused':
    case 'inconclusive':
    case 'awaiting-approval':
    case 'stuck':
      return 'waiting';
    case 'undoing':
    case 'undo-failed':
      return 'bad';
  }
}
