import type { PartInputs } from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { StepResult } from '../../../../src/policies/recovery/playbooks/known-values.ts';

/** What the story takes with it when it continues as new. */
export interface PlaybookState {
  next: number;
  isPastReturn: boolean;
  /** Who wants it to stop before the next step. */
  pausedBy?: string;
  results: Record<string, StepResult>;
  /** Inputs of the included playbook by the step that includes it; null where that is skipped. */
  groups: Record<string, PartInputs | null>;
  /** What was there before each act that has an undo of its own: the first attempt's. */
  before: Record<string, unknown>;
  /** Steps whose undo is armed. */
  armed: Record<string, true>;
}
