import type { Migration } from 'kysely/migration';
import { packageVersion } from '../../config/package-version.ts';
import { LedgerError } from './ledger-error.ts';
import { migrations as ownMigrations } from './migrations/all.ts';
import type { LedgerDb } from './tables.ts';

export interface MigrateOptions {
  /** What messages call the database. */
  place: string;
  /** False: only whoever may change the schema does, and it is used as it is or refused. */
  mayMigrate: boolean;
  migrations?: Readonly<Record<string, Migration>>;
}

/**
 * Brings the schema to the version that this Belay knows. Several processes may do so at once: the
 * first one does it, under the database's lock, and the others wait. Throws LedgerError where the
 * schema is of a newer Belay, or of an older one and may not be changed from here. Returns whether
 * the database was new.
 */
export async function migrate(
  db: LedgerDb,
  { place, mayMigrate, migrations = ownMigrations }: MigrateOptions,
): Promise<boolean> {
  const known = Object.keys(migrations);
  const applied = await appliedMigrations(db);
  if (applied.some((name) => !known.includes(name))) {
    throw new LedgerError(
      'newer-schema',
      `${place} has schema version ${versionOf(applied)}, and Belay ${packageVersion()} knows ` +
        `versions up to ${versionOf(known)}: use the newer Belay that upgraded it.`,
    );
  }
  if (applied.length === known.length) return false;
  if (!mayMigrate) {
    throw new LedgerError(
      'older-schema',
      `${place} has schema version ${versionOf(applied)}, and Belay ${packageVersion()} needs ` +
        `version ${versionOf(known)}: start a worker of this Belay, which upgrades it.`,
    );
  }
  const { Migrator } = await import('kysely/migration');
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: 'belay_migrations',
    migrationLockTableName: 'belay_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error as Error;
  return applied.length === 0;
}

async function appliedMigrations(db: LedgerDb): Promise<string[]> {
  try {
    const rows = await db.selectFrom('belay_migrations').select('name').execute();
    return rows.map(({ name }) => name);
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}

export function isMissingTable(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === '42P01' || (message?.includes('no such table') ?? false);
}

/** Migrations begin with their version, like 0001. */
function versionOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number.parseInt(name, 10)));
}
