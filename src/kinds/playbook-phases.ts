import type { PhaseDefinition } from './kind.ts';

export type PlaybookPhase =
  | 'starting'
  | 'working'
  | 'awaiting-approval'
  /** A step failed: retry, skip, giveUp or abort. */
  | 'held'
  /** A person stopped it before its next step. */
  | 'paused'
  /** Past the step with `noReturn`: nothing is undone any more. */
  | 'finishing'
  /** A step failed there: retry, skip or giveUp. */
  | 'held-finishing'
  | 'paused-finishing'
  | 'undoing'
  | 'undo-failed'
  | 'closed';

export const playbookPhases: Readonly<Record<PlaybookPhase, PhaseDefinition>> = {
  starting: { undoable: true },
  working: { undoable: true },
  'awaiting-approval': { undoable: true, waitsForPerson: true, notify: 'approval-needed' },
  held: { undoable: true, waitsForPerson: true, notify: 'stuck' },
  paused: { undoable: true },
  finishing: {},
  'held-finishing': { waitsForPerson: true, notify: 'stuck' },
  'paused-finishing': {},
  undoing: {},
  'undo-failed': { waitsForPerson: true, notify: 'undo-failed' },
  closed: {},
};
