import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const runs: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('belay_runs')
      .addColumn('run_ref', 'text', (column) => column.primaryKey())
      .addColumn('family', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('ended_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('report', 'text', (column) => column.notNull())
      .execute();
    const indexes = {
      belay_runs_of_subject: ['family', 'environment', 'name', 'started_at_ms'],
      belay_runs_by_name: ['name', 'started_at_ms'],
      belay_runs_of_family: ['family', 'started_at_ms'],
      belay_runs_by_start: ['started_at_ms'],
      belay_runs_by_end: ['ended_at_ms'],
    };
    for (const [name, columns] of Object.entries(indexes)) {
      await db.schema.createIndex(name).on('belay_runs').columns(columns).execute();
    }
    await db.schema
      .createTable('belay_subjects')
      .addColumn('family', 'text', (column) => column.notNull())
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_subjects_key', ['family', 'environment', 'name'])
      .execute();
  },
};
