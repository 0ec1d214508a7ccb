import type { SloMonitorSpec } from '../../specs/objectives/objective.ts';
import type { KeptReading } from './counter-reading.ts';
import type { Minute } from './minute.ts';
import type { Downtime } from './downtime.ts';
import type { Exclusion } from './exclusion.ts';
import type { Spending } from './spending.ts';
import type { Standing } from './standing.ts';
import type { Hour, Tally } from './tally.ts';
import type { Violation } from './violation.ts';

export interface MinuteFilter {
  environment: string;
  /** Absent: all. */
  objectives?: readonly string[];
  fromMs: number;
  /** Before it. */
  untilMs: number;
}

/** One hour of one objective, with its minutes; oldest first. */
export interface StoredHour {
  objective: string;
  /** Its beginning, a multiple of 3,600,000. */
  atMs: number;
  minutes: readonly Minute[];
}

/** From when to when an objective is known. */
export interface Extent {
  /** The first hour. */
  firstMs: number;
  /** The last hour in which anything was measured. Absent if nothing ever was. */
  dataMs?: number;
}

export interface HourUpdate {
  /** All that are kept of the hour from now on. */
  minutes: readonly Minute[];
  /** What they add up to. */
  tally: Tally;
  /** Minutes with data that others have taken the place of, as they were. */
  corrected: readonly Minute[];
}

/** How all objectives of an environment stand, as its monitor last saw it. */
export interface MonitorState {
  environment: string;
  /** When it was written. */
  atMs: number;
  standings: readonly Standing[];
  /** What it measures; absent where a monitor of an earlier version wrote it. */
  spec?: Pick<SloMonitorSpec, 'objectives' | 'leastCoverage'>;
}

/** The minutes of objectives and what follows from them, in the ledger. */
export interface ObjectiveStore {
  /**
   * Gives `update` what is known of each hour, and keeps what it returns; `undefined` changes nothing.
   * It is called again where somebody else has changed the hour meanwhile. What it throws is thrown as it
   * is; thrown at its first calls, nothing was kept.
   */
  updateHours(
    environment: string,
    hours: readonly Omit<StoredHour, 'minutes'>[],
    update: (known: StoredHour) => HourUpdate | undefined,
  ): Promise<void>;
  /** By objective; oldest first. A minute that was never written is not in it. */
  listMinutes(filter: MinuteFilter): Promise<Map<string, Minute[]>>;
  /** Whole hours that begin in the time; oldest first, by objective. */
  listHours(filter: MinuteFilter): Promise<Hour[]>;
  /** What whole hours that begin in the time add up to, by objective. */
  sumHours(filter: MinuteFilter): Promise<Map<string, Tally>>;
  /** Of each objective that has an hour that begins in the time. */
  listExtents(filter: MinuteFilter): Promise<Map<string, Extent>>;
  /** Minutes that were corrected, each as it was before; oldest correction first. */
  listCorrected(filter: MinuteFilter): Promise<CorrectedMinute[]>;
  /** From which the next minute is counted, by objective. */
  listReadings(environment: string): Promise<Map<string, KeptReading>>;
  writeReadings(environment: string, readings: ReadonlyMap<string, KeptReading>): Promise<void>;
  /** Removes those of all other objectives. */
  keepReadings(environment: string, objectives: readonly string[]): Promise<void>;
  /** Open ones; with a time, also those that were closed in it. Oldest first. */
  listViolations(filter: ViolationFilter): Promise<Violation[]>;
  /** Idempotent by objective, kind and opening. */
  writeViolations(environment: string, violations: readonly Violation[]): Promise<void>;
  /** That begin in the time; oldest first. */
  listSpending(filter: MinuteFilter): Promise<Spending[]>;
  /** In place of what is known of these objectives in the time. */
  writeSpending(filter: MinuteFilter, spending: readonly Spending[]): Promise<void>;
  /** Absent: no monitor has written any. */
  readState(environment: string): Promise<MonitorState | undefined>;
  /**
   * From now on only this attempt measures, or one that was scheduled later. False: one that was scheduled
   * later does already.
   */
  claimMonitor(environment: string, attemptAtMs: number): Promise<boolean>;
  /** Of every environment. */
  listStates(): Promise<MonitorState[]>;
  writeState(state: MonitorState): Promise<void>;
  /** Those that touch the time, withdrawn ones included. */
  listExclusions(filter: Omit<MinuteFilter, 'objectives'>): Promise<Exclusion[]>;
  /** Idempotent by ID: the same ID again replaces it. */
  writeExclusion(exclusion: Exclusion): Promise<void>;
  /** False where somebody else has changed it meanwhile: it stays as they left it. */
  changeExclusion(known: Exclusion, changed: Exclusion): Promise<boolean>;
  /** Those that touch the time; oldest first. */
  listDowntimes(filter: Omit<MinuteFilter, 'objectives'>): Promise<Downtime[]>;
  /** Idempotent by ID: the same ID again replaces it. */
  writeDowntime(downtime: Downtime): Promise<void>;
  /** Removes minutes, spending and closed violations of before. Returns how many hours. */
  pruneMinutes(environment: string, beforeMs: number): Promise<number>;
}

export interface CorrectedMinute {
  objective: string;
  minute: Minute;
  correctedAtMs: number;
}

export interface ViolationFilter {
  environment: string;
  objectives?: readonly string[];
  closed?: { fromMs: number; untilMs: number };
}
