import { readFile } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import type { Catalogue } from '../../contracts/backups/catalogue.ts';
import type { Ledger, LedgerFilter } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import { createCatalogue, pruneEntries } from './backup-sets.ts';
import { importFolders } from './folders/import-folders.ts';
import type { DamagedEntry } from './ledger-entry.ts';
import { LedgerError } from './ledger-error.ts';
import { isMissingTable, migrate, type MigrateOptions } from './migrate.ts';
import { createObjectiveStore } from './objectives/objective-store.ts';
import { describePostgres, withoutPassword } from './postgres/postgres-address.ts';
import { appendRuns, listRuns, pruneRuns } from './runs.ts';
import type { LedgerDb } from './tables.ts';

export interface LedgerOptions extends Pick<MigrateOptions, 'migrations'> {
  /** A worker upgrades a shared database and imports files of before; others use it as it is. */
  isWorker?: boolean;
  /** Neither makes nor upgrades nor imports anything. */
  changesNothing?: boolean;
  /** What cannot be read is left out. Called once for each run, however often it is listed. */
  onDamaged?: (damage: DamagedEntry) => void;
  onImported?: (count: number) => void;
}

export interface LedgerDatabase extends Ledger {
  /** Where it is, without secrets. */
  readonly place: string;
  readonly catalogue: Catalogue;
  readonly objectives: ObjectiveStore;
  /** Rejects with LedgerError where it cannot be used. */
  check(): Promise<void>;
  /** Removes what is older than is kept: runs, and sets that are gone. Returns how many. */
  prune(): Promise<number>;
  close(): Promise<void>;
}

interface Opened {
  db: LedgerDb;
  close: () => Promise<void>;
}

/**
 * The ledger in a database: PostgreSQL where BELAY_LEDGER_URL says so, else one SQLite file in Belay's
 * home. Opened by the first call, and by the next one where that fails: nobody waits for it to come back.
 */
export function openLedger(
  config: Pick<Config, 'home' | 'ledger'>,
  options: LedgerOptions = {},
): LedgerDatabase {
  const { url, passwordFile, keepMs } = config.ledger;
  const { ledger: folder, ledgerDatabase: file } = homeLayout(config.home);
  const place = url === undefined ? file : describePostgres(url);
  const keepSinceMs = () => Date.now() - keepMs;
  const damaged = new Set<string>();
  const onDamaged = (damage: DamagedEntry) => {
    if (!damaged.has(damage.entry)) options.onDamaged?.(damage);
    damaged.add(damage.entry);
  };
  let opened: Promise<Opened> | undefined;
  /** With its password, once it is known. */
  let complete = url;

  const open = async (): Promise<Opened> => {
    complete = url && (await completeUrl(url, passwordFile));
    const connected = await connect(complete, file);
    try {
      const { isWorker = false, changesNothing = false } = options;
      const mayMigrate = isWorker || (url === undefined && !changesNothing);
      const isNew = await migrate(connected.db, {
        ...{ place: `The ledger in ${place}`, mayMigrate },
        ...options,
      });
      if (mayMigrate) {
        const imported = await importFolders({
          ...{ folder, place, isNew },
          append: (reports) => appendRuns(connected.db, reports),
          ...(options.onDamaged && { onDamaged: options.onDamaged }),
        });
        if (imported > 0) {
          await pruneRuns(connected.db, keepSinceMs());
          options.onImported?.(imported);
        }
      }
      return connected;
    } catch (error) {
      await connected.close();
      throw error;
    }
  };

  const close = async () => {
    const closing = opened;
    opened = undefined;
    await closing?.then((one) => one.close()).catch(() => undefined);
  };

  const use = async <T>(act: (db: LedgerDb) => Promise<T>): Promise<T> => {
    try {
      opened ??= open();
      const { db } = await opened.catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return await act(db);
    } catch (error) {
      // Another database has taken its place.
      if (isMissingTable(error)) await close();
      throw error instanceof LedgerError ? error : unusable(error, place, complete);
    }
  };

  return {
    place,
    catalogue: createCatalogue(use, onDamaged),
    objectives: createObjectiveStore(use),
    append: (report: RunReport) => use((db) => appendRuns(db, [report])),
    list: (filter: LedgerFilter = {}) => use((db) => listRuns(db, filter, onDamaged)),
    check: async () => {
      await use((db) => listRuns(db, { limit: 1 }, onDamaged));
    },
    prune: () =>
      use(async (db) => {
        const runs = await pruneRuns(db, keepSinceMs());
        return runs + (await pruneEntries(db, keepSinceMs()));
      }),
    close,
  };
}

/** Read again whenever it is opened: it may have been changed. */
async function completeUrl(written: string, passwordFile: string | undefined): Promise<string> {
  if (passwordFile === undefined) return written;
  const url = new URL(written);
  url.password = encodeURIComponent((await readFile(passwordFile, 'utf8')).trim());
  return url.href;
}

/** Only the driver that is needed is loaded. */
async function connect(url: string | undefined, file: string): Promise<Opened> {
  if (url === undefined) {
    const { openLibsql } = await import('./libsql/open-libsql.ts');
    return openLibsql(file);
  }
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  return openPostgres(url);
}

function unusable(error: unknown, place: string, url: string | undefined): LedgerError {
  const why = reasonOf(error);
  const [told, whatToDo] =
    url === undefined
      ? [why, 'check that the folder can be written, or restore the file from a backup']
      : [
          withoutPassword(why, url),
          'check that PostgreSQL runs and that BELAY_LEDGER_URL is right',
        ];
  return new LedgerError(
    'unusable',
    `The ledger in ${place} cannot be used (${told}): ${whatToDo}. Runs go on without it, and their reports are written once it can be used again.`,
    { cause: url === undefined ? error : undefined },
  );
}

/** Where a host has several addresses, the errors of all are in one that says nothing. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
