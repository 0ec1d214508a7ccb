import type { Kysely } from 'kysely';

/** The same in SQLite and PostgreSQL; prefixed, since a database may be shared. */
export interface Tables {
  belay_runs: RunRow;
  belay_subjects: SubjectRow;
  belay_backup_sets: BackupSetRow;
  belay_backup_repositories: BackupRepositoryRow;
  belay_backup_retired: RetiredPlanRow;
  belay_slo_hours: SloHourRow;
  belay_slo_corrections: SloCorrectionRow;
  belay_slo_readings: SloReadingRow;
  belay_slo_violations: SloViolationRow;
  belay_slo_spending: SloSpendingRow;
  belay_slo_states: SloStateRow;
  belay_slo_exclusions: SloExclusionRow;
  belay_slo_downtimes: SloDowntimeRow;
  belay_migrations: { name: string };
}

/** What is asked for by has a column; the whole report is in `report`, as JSON. */
export interface RunRow {
  run_ref: string;
  family: string;
  kind: string;
  environment: string;
  name: string;
  outcome: string;
  started_at_ms: number;
  ended_at_ms: number;
  report: string;
}

/** Every subject that has a run, so that the newest of each are found without reading all. */
export interface SubjectRow {
  family: string;
  environment: string;
  name: string;
}

interface BackupPlace {
  environment: string;
  backup: string;
  component: string;
  repository: string;
}

/** The whole entry is in `entry`, as JSON. */
export interface BackupSetRow extends BackupPlace {
  label: string;
  started_at_ms: number;
  /** 1: it expired or is missing. */
  gone: number;
  /** One more with every change. */
  version: number;
  entry: string;
}

/** What the repository had when it was read last is in `known`, as JSON. */
export interface BackupRepositoryRow extends BackupPlace {
  read_at_ms: number;
  known: string;
}

/** Who retired the plan, when and why is in `retired`, as JSON. */
export interface RetiredPlanRow {
  environment: string;
  backup: string;
  retired: string;
}

interface ObjectiveName {
  environment: string;
  objective: string;
}

/** What the hour adds up to has columns, so that months are added up by the database. */
export interface SloHourRow extends ObjectiveName {
  hour_ms: number;
  /** One more with every change. */
  version: number;
  good: number;
  bad: number;
  good_ms: number;
  bad_ms: number;
  no_data_ms: number;
  idle_ms: number;
  unknown_ms: number;
  busiest: number;
  /** As JSON, in few characters. */
  minutes: string;
}

/** A minute as it was before it was corrected is in `minute`, as JSON. */
export interface SloCorrectionRow extends ObjectiveName {
  minute_ms: number;
  version: number;
  corrected_at_ms: number;
  minute: string;
}

/** The counters that the next difference is taken from are in `reading`, as JSON. */
export interface SloReadingRow extends ObjectiveName {
  reading: string;
}

/** The whole violation is in `violation`, as JSON. */
export interface SloViolationRow extends ObjectiveName {
  kind: string;
  opened_at_ms: number;
  closed_at_ms: number | null;
  violation: string;
}

export interface SloSpendingRow extends ObjectiveName {
  from_ms: number;
  until_ms: number;
  bad: number;
  cause: string;
  run_ref: string | null;
}

/** How the objectives stand is in `state`, as JSON. */
export interface SloStateRow {
  environment: string;
  state: string;
  /** When the attempt that measures now was scheduled; null before the first claim. */
  attempt_ms: number | string | null;
}

/** The whole exclusion is in `exclusion`, as JSON. */
export interface SloExclusionRow {
  id: string;
  environment: string;
  from_ms: number;
  until_ms: number;
  exclusion: string;
}

export interface SloDowntimeRow {
  id: string;
  environment: string;
  from_ms: number;
  until_ms: number;
  downtime: string;
}

export type LedgerDb = Kysely<Tables>;
