import type { Reading } from './metric-reader.ts';
import type { TrafficSnapshot } from './traffic.ts';

/** Everything that was read at one time. */
export interface Sample {
  /** By the clock of the reader; sources have clocks of their own. */
  takenAtMs: number;
  /** Of the whole service; absent where its source did not answer. */
  traffic?: TrafficSnapshot;
  /** Of the metrics with a source of their own; one that did not answer is absent. */
  readings: Record<string, Reading>;
}
