import type { Kysely } from 'kysely';

/** The same in SQLite and PostgreSQL; prefixed, since a database may be shared. */
export interface Tables {
  belay_runs: RunRow;
  belay_subjects: SubjectRow;
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

export type LedgerDb = Kysely<Tables>;
