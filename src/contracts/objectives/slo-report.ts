import type { Comparison, CreditTier, Indicator } from '../../specs/objectives/objective.ts';
import type { Downtime } from './downtime.ts';
import type { Exclusion } from './exclusion.ts';
import type { SpendingCause } from './spending.ts';
import type { Standing } from './standing.ts';
import type { Tally } from './tally.ts';
import type { ViolationKind } from './violation.ts';

/** A day of a zone, as far as it is in the period: it may have 23 or 25 hours. */
export interface Day {
  /** `2026-11-30` */
  name: string;
  fromMs: number;
  untilMs: number;
}

export interface ReportedDay extends Day {
  tally: Tally;
  /** In the unit of the objective; absent: nothing was measured. */
  value?: number;
}

export interface ReportedViolation {
  kind: ViolationKind;
  openedAtMs: number;
  /** Absent: it is still open. */
  closedAtMs?: number;
  /** How much of it lies in the period. */
  withinMs: number;
  reason: string;
}

/** Bad requests by who spent them. Together they are all bad requests of the period. */
export interface ReportedSpending {
  cause: SpendingCause;
  bad: number;
  /** The runs that spent most, the worst first. */
  runs: { runRef: string; bad: number }[];
}

/** What a contract gives back. */
export type Credit =
  | { of: 'none' }
  /** The tier that was missed furthest. */
  | { of: 'due'; tier: CreditTier }
  /** Too little was measured to say. */
  | { of: 'unknown'; why: string };

/** An objective over a period. */
export interface ObjectiveReport {
  objective: string;
  service: string;
  indicator: Indicator;
  comparison: Comparison;
  target: number;
  owner?: string;
  /** Of the whole period, whatever the window of the objective is. */
  standing: Standing;
  /** The same with nothing excluded; absent where nothing was. */
  gross?: Pick<Standing, 'value' | 'verdict' | 'tally'>;
  days: ReportedDay[];
  violations: ReportedViolation[];
  spending: ReportedSpending[];
  /** What was excluded; those that were announced too late, or not approved, excluded nothing. */
  exclusions: { exclusion: Exclusion; counts: boolean; why?: string }[];
  /** What was recorded by hand, also what was withdrawn since. */
  downtimes: Omit<Downtime, 'environment' | 'objectives'>[];
  /** Within the period: what was counted before it was measured in another way, and is added up all the same. */
  changedAtMs?: number;
  /** Absent where no contract is written down. */
  credit?: Credit;
}

export interface SloReport {
  environment: string;
  fromMs: number;
  untilMs: number;
  zone: string;
  writtenAtMs: number;
  /** The period is not over. */
  isUnfinished: boolean;
  objectives: ObjectiveReport[];
}
