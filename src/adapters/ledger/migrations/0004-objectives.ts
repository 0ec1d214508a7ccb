import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const objectives: Migration = {
  async up(db: Kysely<unknown>) {
    const tableOf = (name: string) =>
      db.schema
        .createTable(name)
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('objective', 'text', (column) => column.notNull());
    await tableOf('belay_slo_hours')
      .addColumn('hour_ms', 'bigint', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('good', 'double precision', (column) => column.notNull())
      .addColumn('bad', 'double precision', (column) => column.notNull())
      .addColumn('good_ms', 'bigint', (column) => column.notNull())
      .addColumn('bad_ms', 'bigint', (column) => column.notNull())
      .addColumn('no_data_ms', 'bigint', (column) => column.notNull())
      .addColumn('idle_ms', 'bigint', (column) => column.notNull())
      .addColumn('unknown_ms', 'bigint', (column) => column.notNull())
      .addColumn('busiest', 'double precision', (column) => column.notNull())
      .addColumn('minutes', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_slo_hours_key', ['environment', 'objective', 'hour_ms'])
      .execute();
    // Sums of months are read from it alone, without the minutes.
    await db.schema
      .createIndex('belay_slo_hours_sums')
      .on('belay_slo_hours')
      .columns([
        ...(['environment', 'objective', 'hour_ms', 'good', 'bad', 'good_ms', 'bad_ms'] as const),
        ...(['no_data_ms', 'idle_ms', 'unknown_ms', 'busiest'] as const),
      ])
      .execute();
    await tableOf('belay_slo_corrections')
      .addColumn('minute_ms', 'bigint', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('corrected_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('minute', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_slo_corrections_key', [
        ...(['environment', 'objective', 'minute_ms', 'version'] as const),
      ])
      .execute();
    await tableOf('belay_slo_readings')
      .addColumn('reading', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_slo_readings_key', ['environment', 'objective'])
      .execute();
    await tableOf('belay_slo_violations')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('opened_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('closed_at_ms', 'bigint')
      .addColumn('violation', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_slo_violations_key', [
        ...(['environment', 'objective', 'kind', 'opened_at_ms'] as const),
      ])
      .execute();
    await tableOf('belay_slo_spending')
      .addColumn('from_ms', 'bigint', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addColumn('bad', 'double precision', (column) => column.notNull())
      .addColumn('cause', 'text', (column) => column.notNull())
      .addColumn('run_ref', 'text')
      .addPrimaryKeyConstraint('belay_slo_spending_key', ['environment', 'objective', 'from_ms'])
      .execute();
    await db.schema
      .createTable('belay_slo_states')
      .addColumn('environment', 'text', (column) => column.primaryKey())
      .addColumn('state', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('belay_slo_exclusions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('from_ms', 'bigint', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addColumn('exclusion', 'text', (column) => column.notNull())
      .execute();
  },
};
