import type { Fault } from '../../specs/chaos/fault.ts';
import type { ResolvedTarget } from './resolved-target.ts';

/** `no-data`: too few samples to say. */
export type MetricState = 'holds' | 'fails' | 'no-data';

/** What became of one metric in one window. */
export interface MetricVerdict {
  name: string;
  state: MetricState;
  /** Absent: too few samples. */
  value?: number;
  samples: number;
  /** Why, in one line, with units. */
  reason: string;
  /** The value of each part of the window, all of them as long; `null` where it says nothing. */
  series?: (number | null)[];
  /** Of two tracks: the same of the control. Its `value` is absent where it got no requests. */
  control?: { value?: number; series: (number | null)[] };
}

/** The windows of an experiment, in their order. */
export type WindowName = 'steady' | 'during' | 'after';

export interface JudgedWindow {
  window: WindowName;
  /** Absent in reports that were written before there was a series. */
  fromMs?: number;
  toMs?: number;
  metrics: MetricVerdict[];
}

export type EndedBy = 'person' | 'stop-condition';

/** What the report of an experiment says beyond its steps. */
export interface ExperimentDetails {
  experiment: { environment: string; experiment: string };
  fault?: Fault;
  /** Who mends what it finds. */
  owner?: string;
  /** A finding should have been tried again by then. */
  retestWithinMs?: number;
  /** All that might have been hit, and those that were chosen. */
  candidates: number;
  targets: ResolvedTarget[];
  windows: JudgedWindow[];
  injectedAtMs?: number;
  removedAtMs?: number;
  /** Requests that the fault has met, where they are counted. */
  disturbed?: number;
  /** Until every metric held again, from the removal. */
  recoveredAfterMs?: number;
  /** Why the recovery was not seen, or not awaited any longer. */
  notRecovered?: string;
  /** Who or what removed the fault before its time. Absent: nobody. */
  endedBy?: EndedBy;
  /** What could not be shown to be gone. */
  leftBehind: string[];
}
