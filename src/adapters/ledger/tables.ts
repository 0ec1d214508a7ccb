import type { Kysely } from 'kysely';

/** The same in SQLite and PostgreSQL; prefixed, since a database may be shared. */
export interface Tables {
  belay_runs: RunRow;
  belay_subjects: SubjectRow;
  belay_backup_sets: BackupSetRow;
  belay_backup_repositories: BackupRepositoryRow;
  belay_backup_retired: RetiredPlanRow;
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

export type LedgerDb = Kysely<Tables>;
