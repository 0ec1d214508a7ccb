import type { MonitorCounts } from './monitor.ts';

/** What the report of a monitor says beyond that of every run. */
export interface MonitorDetails {
  /** As it was last told; absent: nothing was judged yet. */
  counts?: MonitorCounts;
  /** Violations that it has told people of. */
  told: number;
  /** It was told that nothing is judged. */
  isUnjudged?: boolean;
}
