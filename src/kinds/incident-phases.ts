import type { PhaseDefinition } from './kind.ts';

export type IncidentPhase =
  | 'starting'
  /** Nobody has acknowledged it: the escalation goes on. */
  | 'unacknowledged'
  /** Somebody works on it, and tells how it stands in time. */
  | 'acknowledged'
  /** An update is overdue, so the escalation goes on again. */
  | 'overdue'
  /** Users do not suffer any more; the cause is still there. */
  | 'mitigated'
  /** Over; its postmortem is not written yet. */
  | 'resolved'
  | 'undoing'
  | 'undo-failed'
  | 'closed';

/** What people are told is decided by the incident's own clock, which survives a continuation. */
export const incidentPhases: Readonly<Record<IncidentPhase, PhaseDefinition>> = {
  starting: {},
  unacknowledged: {},
  acknowledged: {},
  overdue: {},
  mitigated: {},
  resolved: {},
  undoing: {},
  'undo-failed': { waitsForPerson: true, notify: 'undo-failed' },
  closed: {},
};
