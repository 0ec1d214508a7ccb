import type { Verb } from '../../kinds/rollout-verbs.ts';

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

/** Something a person said to the rollout, whether or not it was accepted. */
export interface PersonAct {
  atMs: number;
  verb: Verb | 'deploy' | 'cancel';
  by?: string;
  why?: string;
  stage?: number;
  /** Absent when it was accepted. */
  ignored?: string;
}
