import type { SloMonitorSpec } from '../../specs/objectives/objective.ts';
import type { Violation } from './violation.ts';

export interface WatchOrder {
  spec: SloMonitorSpec;
  /** It returns after this, where there was nothing to tell before. */
  forMs: number;
  /** What people were told since the last call, by `violationKey`. */
  told: readonly { key: string; of: 'opened' | 'closed' }[];
  /** People were told last that nothing is judged. */
  saidUnjudged?: boolean;
}

/** How many objectives stand how. */
export interface MonitorCounts {
  met: number;
  breached: number;
  insufficient: number;
}

export interface MonitorNews {
  /** To be told once: the next call says that they were. */
  violations: Violation[];
  /** Absent: nothing was judged. */
  counts?: MonitorCounts;
  /** Since when objectives are not judged, and why. */
  unjudged?: { sinceMs: number; why: string };
}

export interface MonitorActivities {
  /**
   * Reads objectives once a minute and writes their minutes, until a violation opens or closes, or for
   * so long. What wakes nobody waits for ten minutes, so that it is told together. Of two that run at once
   * the one that was scheduled first stops. Where the ledger does not answer, minutes are kept in the
   * process and written later, also by the next attempt in it.
   */
  watchObjectives(order: WatchOrder): Promise<MonitorNews>;
}
