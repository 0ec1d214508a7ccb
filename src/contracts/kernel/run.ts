import type { PersonAct } from './person-act.ts';
import type { Subject } from '../../kinds/kind.ts';

/** What was read, and what decided. Plain text: pages and reports show it as it is. */
export interface Evidence {
  /** What was read: `error rate`, `rows of orders`. */
  what: string;
  /** From where. */
  source: string;
  atMs: number;
  value: string;
  /** What the value had to be. */
  threshold?: string;
}

export interface StepStatus {
  name: string;
  /** `failed`: its own act or evidence ended the run; `stopped`: a person or another run did. */
  state: 'pending' | 'active' | 'done' | 'skipped' | 'failed' | 'stopped';
  startedAtMs?: number;
  endedAtMs?: number;
  /** Who approved it, or ended it early. */
  by?: string;
  evidence: Evidence[];
}

export interface UndoStatus {
  name: string;
  state: 'armed' | 'done' | 'failed';
  error?: string;
}

/** The answer of every run to the `status` query, whatever its kind. Additive only. */
export interface RunStatus {
  kind: string;
  workflowId: string;
  runId: string;
  /** The same for the whole run, however often it continues as new: what `runRef` of a message names. */
  runRef: string;
  /** Empty until the spec is read. */
  subject: Subject;
  phase: string;
  /** What it waits for or does now, in one line. */
  now: string;
  /** The verbs that would be accepted now. */
  accepts: string[];
  startedAtMs: number;
  steps: StepStatus[];
  /** How many that came before these are left out: a run keeps about two hundred. */
  stepsLeftOut?: number;
  /** Who may approve what it waits for, empty for anyone with a name, and until when. */
  needsApproval?: { by: string[]; until?: number };
  people: PersonAct[];
  undo: UndoStatus[];
  outcome?: string;
  /** Why it ended, or why it is being undone. */
  reason?: string;
}
