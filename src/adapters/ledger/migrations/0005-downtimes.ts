import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const downtimes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('belay_slo_downtimes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('from_ms', 'bigint', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addColumn('downtime', 'text', (column) => column.notNull())
      .execute();
  },
};
