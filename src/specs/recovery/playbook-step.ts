/** A step of a playbook, with its defaults. */
export interface StepSpec {
  id: string;
  /** As people call it; default: its ID. */
  name?: string;
  /** CEL: it is skipped where this is false. */
  when?: string;
  /** It is skipped in the other mode. */
  mode?: PlaybookMode;
  /** Of one attempt of an action, with all of its requests. */
  timeoutMs?: number;
  retry: { attempts: number; everyMs: number };
  /** Absent: as the playbook says. */
  onFailure?: OnFailure;
  /** What was done until here is not undone any more once this step has begun. */
  noReturn?: true;
  /** Evidence by its sort, each with the step that made it. */
  requires: Readonly<Record<string, string>>;
  /** Absent: the action's own. */
  undo?: 'none' | WrittenUndo;
  does: Doing;
}

export interface WrittenUndo {
  action: string;
  with: Values;
}

export type PlaybookMode = 'graceful' | 'ungraceful';

/** `hold`: a person decides. `continue`: the next step follows, and can look at `done` and `passed`. */
export type OnFailure = 'undo' | 'hold' | 'continue';

/** As written: text may have expressions in it. */
export type Values = Readonly<Record<string, unknown>>;

export type Doing =
  | {
      kind: 'probe';
      probe: string;
      with: Values;
      /** CEL about `result`. */
      expect?: string;
      /** It has to pass for this long without a break. */
      forMs: number;
      /** It is asked again until then. */
      withinMs: number;
      everyMs: number;
    }
  | { kind: 'action'; action: string; with: Values }
  | {
      kind: 'approval';
      by: string[];
      /** How many people. */
      need: number;
      message: string;
      timeoutMs?: number;
      onTimeout: 'abort' | 'approve' | 'hold';
    }
  /** Milliseconds, or an expression. */
  | { kind: 'wait'; for: number | string }
  | { kind: 'notify'; severity: 'info' | 'warning' | 'critical'; text: string }
  | { kind: 'parallel'; steps: StepSpec[] }
  | { kind: 'use'; use: string; with: Values };

/** An input of a playbook. */
export interface InputSpec {
  type: InputType;
  description?: string;
  /** Absent: whoever starts a run has to give it. */
  default?: unknown;
  oneOf?: string[];
}

export const inputTypes = ['string', 'number', 'boolean', 'duration', 'bytes', 'strings'] as const;

export type InputType = (typeof inputTypes)[number];

/** What a playbook includes: read from another file, and kept with its digest. */
export interface IncludedPlaybook {
  /** Of the file, in hexadecimal. */
  sha256?: string;
  inputs: Readonly<Record<string, InputSpec>>;
  steps: StepSpec[];
}
