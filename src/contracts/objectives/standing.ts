import type { Indicator, ObjectiveWindow } from '../../specs/objectives/objective.ts';
import type { Tally } from './tally.ts';

export type ObjectiveVerdict = 'met' | 'breached' | 'insufficient';

/** What is left of an error budget. */
export interface Budget {
  /** Bad requests that the objective allows for the requests so far. It rises and falls with them. */
  allowed: number;
  spent: number;
  /** 1 at first, 0 when it is empty, and less when more was spent. */
  remaining: number;
  /** Nothing is left, and enough was measured to say so. */
  isEmpty: boolean;
}

/** How an objective stands at one time. */
export interface Standing {
  objective: string;
  service: string;
  indicator: Indicator;
  /** What was judged, up to the last closed minute. */
  fromMs: number;
  untilMs: number;
  window: ObjectiveWindow;
  verdict: ObjectiveVerdict;
  /** What was not measured cannot change the verdict. */
  certainly: boolean;
  /** The measured share, or requests a second; absent where there were no requests. */
  value?: number;
  target: number;
  /** The measured share of the time that is neither excluded nor without requests. */
  coverage: number;
  tally: Tally;
  /** What its tally counts. Absent: requests. */
  counts?: 'requests' | 'minutes';
  /** Absent where the objective has none: a throughput, or comparison: equal. */
  budget?: Budget;
  /** Whether an empty budget stops rollouts and experiments. */
  gatesBudget: boolean;
  /** Until when there is data, where the last minutes have none; absent: longer ago than was looked at. */
  dataUntilMs?: number;
  /** Why the last minutes have no data. */
  silence?: string;
}
