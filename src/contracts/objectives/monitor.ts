import type { SloMonitorSpec } from '../../specs/objectives/objective.ts';
import type { Violation } from './violation.ts';

export interface WatchOrder {
  spec: SloMonitorSpec;
  /** It returns after this, where there was nothing to tell before. */
  forMs: number;
  /** What people were told since the last call, by `violationKey`. */
  told: readonly { key: string; of: 'opened' | 'closed' }[];
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
  counts: MonitorCounts;
}

export interface MonitorActivities {
  /**
   * Reads objectives once a minute and writes their minutes, until a violation opens or closes, or for
   * so long. Two that run at once write the same minutes. Where the ledger does not answer, minutes
   * are kept and written later.
   */
  watchObjectives(order: WatchOrder): Promise<MonitorNews>;
}
