import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const monitorAttempts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('belay_slo_states').addColumn('attempt_ms', 'bigint').execute();
  },
};
