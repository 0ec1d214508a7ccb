/** What is violated. */
export const violationKinds = [
  /** The objective is not met over its window. */
  'breach',
  /** The budget burns so fast that somebody is woken. */
  'burn-page',
  /** It burns, and somebody looks at it in working hours. */
  'burn-ticket',
  /** There is no data: the objective is neither met nor breached. */
  'silent',
] as const;

export type ViolationKind = (typeof violationKinds)[number];

/** Opened once, closed once. */
export interface Violation {
  objective: string;
  service: string;
  kind: ViolationKind;
  /** By the end of the minute that opened it. */
  openedAtMs: number;
  /** Absent while it is open. Its duration is the time in between. */
  closedAtMs?: number;
  /** It has been over since; it is closed if that lasts. */
  overSinceMs?: number;
  /**
   * Absent: it was over. `dropped`: the objective is no longer among those that are measured. `unjudged`:
   * what it is now has no violations of this kind.
   */
  endedBy?: 'dropped' | 'unjudged';
  /** What was measured against what, when it was opened. */
  reason: string;
  /** What people were told of last; absent: of nothing yet. */
  told?: 'opened' | 'closed';
}

/** The same for the same violation. */
export function violationKey({ objective, kind, openedAtMs }: Violation): string {
  return `${objective} ${kind} ${openedAtMs}`;
}
