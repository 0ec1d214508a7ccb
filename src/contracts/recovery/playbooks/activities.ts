import type { Evidence } from '../../kernel/run.ts';
import type { Fence } from '../../kernel/fence.ts';
import type { PartEvidence } from './part.ts';

/** Inputs of an action or probe, checked against its fields, with all expressions evaluated. */
export type PartInputs = Readonly<Record<string, unknown>>;

/** What was read; it becomes evidence of the step. */
export type Seen = Omit<Evidence, 'atMs'>;

export interface PartCall {
  part: string;
  inputs: PartInputs;
}

/** Whether it could be carried out now. */
export interface PartCheck {
  /** Why it cannot, each with what to do; none where it can. */
  problems: string[];
  /** What its undo needs: the state that the act will change. */
  before?: unknown;
  seen: Seen[];
}

export interface PartOutcome {
  outputs: Readonly<Record<string, unknown>>;
  seen: Seen[];
}

export interface ProbeOutcome extends PartOutcome {
  passed: boolean;
}

export interface PerformCall extends PartCall {
  /** Rises with every act of a run: a target refuses one that is older than the last. */
  act: Fence;
  /** Of the step in its run: the same at every attempt, and where the step or its undo is tried again. */
  key: string;
  /** As its check returned it. */
  before?: unknown;
  /** What the step requires, by its sort. */
  evidence: Readonly<Record<string, PartEvidence>>;
}

export interface UndoCall extends PartCall {
  act: Fence;
  before?: unknown;
}

/** A run that another started. */
export interface ChildName {
  workflowId: string;
  parentWorkflowId: string;
  /** The run that started it, and the first of its chain, which a reset keeps. */
  parentRunIds: readonly string[];
  /** Absent: it is only looked at. */
  abort?: { by: string; why: string };
}

export interface PlaybookActivities {
  /** Has no effect, and may be asked at any time. */
  checkPart(call: PartCall): Promise<PartCheck>;
  /**
   * Idempotent for one fence: a retry of the act finds its effect. Refused as StaleFence where the
   * target has accepted a later act of the run, such as its undo.
   */
  performPart(call: PerformCall): Promise<PartOutcome>;
  /** Puts back what `before` says, and only what the act changed. Idempotent. */
  undoPart(call: UndoCall): Promise<PartOutcome>;
  /** An answer, `passed` or not; a failure is no answer. */
  askPart(call: PartCall): Promise<ProbeOutcome>;
  /** Asks a child that is still open to undo itself; answers whether it is over, or not ours. */
  abortChild(child: ChildName): Promise<boolean>;
}
