import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { WrittenTarget } from '../../specs/rollouts/written-spec.ts';
import type { ReportedKind, RolloutReport } from './report.ts';
import type { Outcome } from './outcome.ts';
import type { RolloutPhase } from '../../kinds/rollout-phases.ts';

/** One alert that asks for a rollback, as the gateway read it. */
export interface Alert {
  /** Its labels' hash: the same alert has the same one for as long as it lives, and again later. */
  fingerprint: string;
  name: string;
  status: 'firing' | 'resolved';
  /** When it began to fire, by the clock of whoever evaluates its rule. */
  startsAtMs: number;
  receivedAtMs: number;
  subject: AlertSubject;
  summary?: string;
}

/** Which service is meant: Belay's own names, the Deployment's, or both. */
export interface AlertSubject {
  service?: string;
  environment?: string;
  deployment?: string;
  namespace?: string;
}

/** `none`: nothing was done, and the reason says why. */
export const alertActions = ['abort', 'undo', 'none'] as const;
export type AlertAction = (typeof alertActions)[number];

export type NamedDeployment = Required<Pick<AlertSubject, 'deployment' | 'namespace'>>;

/** What came of one alert: the result of its workflow, and its entry in the ledger. */
export interface AlertResponse {
  /** The ID of its workflow. */
  alertId: string;
  alert: Alert;
  decidedAtMs: number;
  action: AlertAction;
  /** One line: why this, or why nothing. */
  reason: string;
  /** Absent where the alert names no service that Belay knows. */
  service?: string;
  environment?: string;
  /** The rollout that was aborted, or whose promotion was undone. */
  rolloutId?: string;
  /** The release that it had brought. */
  version?: string;
  /** How what was begun ended; absent until it has. */
  ending?: AlertEnding;
}

export interface AlertEnding {
  /** The rollout that took the release back. */
  rolloutId?: string;
  outcome: Outcome | 'Failed' | 'Unknown';
  reason: string;
  endedAtMs: number;
}

/** What is known of the service that an alert names, at one moment. */
export interface ServiceSnapshot {
  /** Absent where none, or more than one, is meant; `trouble` says which. */
  service?: FoundService;
  trouble?: string;
  undoWindowMs: number;
}

export interface ServiceName {
  service: string;
  environment: string;
}

export interface FoundService extends ServiceName {
  /** As the author of the last spec wrote it: a rollback's spec is resolved anew. */
  target?: WrittenTarget;
  open?: OpenRolloutSnapshot;
  /** Newest first; empty while a rollout is open. Of the last alone where Temporal still has its report. */
  history: ClosedRollout[];
  /** What the platform has; not asked for while a rollout is open. */
  serving?: { version: string; kept: { revision: number; version: string }[] };
}

export interface OpenRolloutSnapshot {
  rolloutId: string;
  runId: string;
  kind: SpecKind;
  version: string;
  phase: RolloutPhase;
  trafficSinceMs?: number;
}

export interface ClosedRollout {
  rolloutId: string;
  kind: ReportedKind;
  outcome: Outcome;
  version: string;
  previousVersion?: string;
  endedAtMs: number;
}

/** What to do about an alert. `wait`: it cannot be told yet; look again in a moment. */
export type AlertJudgement =
  | { action: 'abort'; open: OpenRolloutSnapshot; reason: string }
  | {
      action: 'undo';
      promotion: ClosedRollout;
      target: WrittenTarget;
      toRevision: number;
      reason: string;
    }
  | { action: 'none'; reason: string }
  | { action: 'wait'; reason: string };

export interface AbortOrder extends ClosingRun {
  /** The same alert asks once, however often the activity is tried. */
  updateId: string;
  by: string;
  why: string;
}

/** One run and no other: what superseded it was not judged. */
export interface ClosingRun {
  workflowId: string;
  runId: string;
}

export type AbortAnswer = { accepted: true } | { accepted: false; reason: string };

export interface ClosingRollout extends ClosingRun {
  service: string;
  environment: string;
  /** Absent: whichever rollout that run was. */
  rolloutId?: string;
}

export interface AlertActivities {
  lookAtService(alert: Alert): Promise<ServiceSnapshot>;
  /** A refusal is an answer; fails only where nobody answers. */
  abortRollout(order: AbortOrder): Promise<AbortAnswer>;
  /** Fails, to be tried again, while the rollout is still open. */
  readEnding(rollout: ClosingRollout): Promise<AlertEnding>;
  /** A later record of the same alert takes the earlier one's place. */
  recordResponse(response: AlertResponse): Promise<void>;
}

export interface RunEnd {
  /** In the server's words: RUNNING, COMPLETED, ...; `forgotten` where the server has no such run. */
  state: string;
  /** Its result, where it completed. */
  report?: RolloutReport;
}

/** Rollouts that are open or have ended a short while ago, as Temporal has them. */
export interface OpenRollouts {
  /** By ID, so it does not lag; undefined where none is open. */
  read(workflowId: string): Promise<OpenRolloutSnapshot | undefined>;
  /**
   * The services with an open rollout to this Deployment. The server's list lags by a moment; a
   * service that is named as its Deployment, in an environment named as the namespace, is found at once.
   */
  findByDeployment(deployment: NamedDeployment): Promise<ServiceName[]>;
  /** As above, of rollouts that ended, as far as Temporal remembers them. */
  findEndedByDeployment(deployment: NamedDeployment): Promise<ServiceName[]>;
  /**
   * The report of the last run under this ID that acted. Undefined where Temporal has none: it has
   * forgotten the run, or the run ended without a report, as by `terminate`.
   */
  readLast(workflowId: string): Promise<RolloutReport | undefined>;
  abort(order: AbortOrder): Promise<AbortAnswer>;
  readEnd(run: ClosingRun): Promise<RunEnd>;
}

/** Where responses outlive Temporal's retention. */
export interface AlertLedger {
  record(response: AlertResponse): Promise<void>;
  /** Newest first. */
  list(filter?: AlertFilter): Promise<AlertResponse[]>;
}

export interface AlertFilter {
  service?: string;
  environment?: string;
  action?: AlertAction;
  /** Decided at this time or later. */
  sinceMs?: number;
  limit?: number;
}

/** One alert, one workflow: a repeated notification finds it there. */
export function alertWorkflowId({
  fingerprint,
  startsAtMs,
}: Pick<Alert, 'fingerprint' | 'startsAtMs'>) {
  return `alert/${fingerprint}/${startsAtMs}`;
}
