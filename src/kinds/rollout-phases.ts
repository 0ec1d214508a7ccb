import type { PhaseDefinition } from './kind.ts';

export type RolloutPhase =
  | 'starting'
  | 'preparing'
  /** A hold is open and its clock runs. */
  | 'holding'
  /** A person stopped the clock. */
  | 'paused'
  /** The hold ended without enough evidence: promote, promoteFull or abort. */
  | 'inconclusive'
  /** The hold is over, and an experiment is made on what has the stage's traffic. */
  | 'experimenting'
  | 'awaiting-approval'
  /** The watch is passed; the old release still runs, so that abort is a mere switch. */
  | 'keeping'
  | 'promoting'
  /** The canary serves while stable takes its release over. */
  | 'taking-over'
  /** Stable cannot take the release over, and the canary keeps serving: retry or abort. */
  | 'stuck'
  | 'undoing'
  /** An undo failed permanently: retry or giveUp. */
  | 'undo-failed'
  | 'closed';

/** What is sent when a rollout closes depends on its outcome. */
export const rolloutPhases: Readonly<Record<RolloutPhase, PhaseDefinition>> = {
  starting: { undoable: true },
  preparing: { undoable: true },
  holding: { undoable: true, notify: 'stage' },
  paused: { undoable: true },
  inconclusive: { undoable: true, waitsForPerson: true, notify: 'inconclusive' },
  experimenting: { undoable: true },
  'awaiting-approval': { undoable: true, waitsForPerson: true, notify: 'approval-needed' },
  keeping: { undoable: true },
  promoting: {},
  'taking-over': { undoable: true },
  stuck: { undoable: true, waitsForPerson: true, notify: 'stuck' },
  undoing: {},
  'undo-failed': { waitsForPerson: true, notify: 'undo-failed' },
  closed: {},
};

export const undoablePhases = (Object.keys(rolloutPhases) as RolloutPhase[]).filter(
  (phase) => rolloutPhases[phase].undoable,
);
