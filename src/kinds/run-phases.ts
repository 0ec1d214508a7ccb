import type { PhaseDefinition } from './kind.ts';

/** The phases of a run that has none of its own: every kind has at least these. */
export type RunPhase =
  'starting' | 'working' | 'awaiting-approval' | 'undoing' | 'undo-failed' | 'closed';

export const runPhases: Readonly<Record<RunPhase, PhaseDefinition>> = {
  starting: { undoable: true },
  working: { undoable: true },
  'awaiting-approval': { undoable: true, waitsForPerson: true, notify: 'approval-needed' },
  undoing: {},
  'undo-failed': { waitsForPerson: true, notify: 'undo-failed' },
  closed: {},
};
