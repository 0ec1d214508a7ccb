import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const backupSets: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('belay_backup_sets')
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('backup', 'text', (column) => column.notNull())
      .addColumn('component', 'text', (column) => column.notNull())
      .addColumn('repository', 'text', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('gone', 'integer', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('entry', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_backup_sets_key', [
        ...(['environment', 'backup', 'component', 'repository', 'label'] as const),
      ])
      .execute();
    await db.schema
      .createIndex('belay_backup_sets_of_plan')
      .on('belay_backup_sets')
      .columns(['environment', 'backup', 'gone', 'started_at_ms'])
      .execute();
    await db.schema
      .createTable('belay_backup_repositories')
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('backup', 'text', (column) => column.notNull())
      .addColumn('component', 'text', (column) => column.notNull())
      .addColumn('repository', 'text', (column) => column.notNull())
      .addColumn('read_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('known', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('belay_backup_repositories_key', [
        ...(['environment', 'backup', 'component', 'repository'] as const),
      ])
      .execute();
  },
};
