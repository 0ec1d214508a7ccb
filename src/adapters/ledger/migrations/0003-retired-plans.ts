import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const retiredPlans: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('belay_backup_retired')
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('backup', 'text', (column) => column.notNull())
      .addColumn('retired', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_backup_retired_key', ['environment', 'backup'])
      .execute();
  },
};
