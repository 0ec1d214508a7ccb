import type { PersonAct } from '../../contracts/kernel/person-act.ts';
import type { RunReport as ReportOfRun } from '../../contracts/kernel/report.ts';
import type { Subject } from '../../kinds/kind.ts';

/** What was read, and what decided. */
export interface Evidence {
  what: string;
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

interface UndoStatus {
  name: string;
  state: 'armed' | 'done' | 'failed';
  error?: string;
}

/** The answer of every run to the `status` query, whatever its kind. */
export interface RunStatus {
  kind: string;
  workflowId: string;
  runId: string;
  /** What `runRef` of a message names. */
  runRef: string;
  subject: Subject;
  phase: string;
  /** What it waits for or does now, in one line. */
  now: string;
  /** The verbs that would be accepted now. */
  accepts: string[];
  startedAtMs: number;
  steps: StepStatus[];
  people: PersonAct[];
  undo: UndoStatus[];
  outcome?: string;
  /** Why it ended, or why it is being undone. */
  reason?: string;
}

/** The result of every run, whatever its kind. */
export interface RunReport extends Omit<ReportOfRun, 'steps'> {
  steps?: StepStatus[];
}
