import type { Subject } from '../../kinds/kind.ts';
import type { PersonAct } from './person-act.ts';
import type { StepStatus } from './run.ts';

/** One undo that was carried out. */
export interface UndoStep {
  name: string;
  state: 'done' | 'failed';
  error?: string;
}

/**
 * The result of every run, and its entry in the ledger: the same envelope for every kind, what only
 * one kind knows in `details`. Printed by `--json`; fields are only ever added.
 */
export interface RunReport<Details = unknown> {
  /** Of the envelope. Reports of rollouts that were written before it have none. */
  format: 2;
  family: string;
  kind: string;
  /** Unique for all runs: what messages to the run name, and what the ledger knows it by. */
  runRef: string;
  workflowId: string;
  /** Empty where only the janitor knows of the run. */
  runId: string;
  /** The run that started this one. */
  parentRef?: string;
  subject: Subject;
  /** In words of its kind. */
  outcome: string;
  /** One line: why it ended this way. */
  reason: string;
  startedAtMs: number;
  endedAtMs: number;
  /** Who asked for it: a name they gave, else what their client calls itself; absent: unknown. */
  startedBy?: string;
  /** Why they did, in their words. */
  startedWhy?: string;
  people: PersonAct[];
  undo: UndoStep[];
  /** Remarks a reader should know: a first release, a skipped stage. */
  notes: string[];
  steps?: StepStatus[];
  /** How many that came before these are left out. */
  stepsLeftOut?: number;
  /** As given, so that it can be started again. Carries no secrets: specs name them by reference. */
  spec?: unknown;
  details: Details;
}

/** What tells one run from every other. */
export type RunName = Pick<RunReport, 'workflowId' | 'runId'>;
