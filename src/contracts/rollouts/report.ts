import type { Outcome, PersonAct } from './outcome.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';

import type { StageStatus } from './status.ts';

/** `unknown`: of a rollout that died, and whose claim did not record it. */
export type ReportedKind = SpecKind | 'unknown';

/** The result of every rollout workflow, and its entry in the ledger. */
export interface RolloutReport {
  kind: ReportedKind;
  rolloutId: string;
  workflowId: string;
  runId: string;
  service: string;
  environment: string;
  version: string;
  previousVersion?: string;
  outcome: Outcome;
  /** One line: why it ended this way. */
  reason: string;
  startedAtMs: number;
  endedAtMs: number;
  /** Who asked for it: a name they gave, else what their client calls itself; absent: unknown. */
  startedBy?: string;
  /** Why they did, in their words. */
  startedWhy?: string;
  /** Remarks a reader should know: a first release, a skipped stage. */
  notes: string[];
  stages: StageStatus[];
  people: PersonAct[];
  undo: { name: string; state: 'done' | 'failed'; error?: string }[];
  /** As given, so that it can be started again. Carries no secrets: releases name them by reference. */
  spec?: unknown;
}
