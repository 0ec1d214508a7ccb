export const outcomes = [
  'Promoted',
  'FastPromoted',
  /** By a person: abort, reject, cancel, terminate. */
  'Aborted',
  /** By Belay's own judgement, or an alert. */
  'RolledBack',
  'Superseded',
  /** An undo failed and a person gave it up. */
  'UndoFailed',
] as const;

export type Outcome = (typeof outcomes)[number];
