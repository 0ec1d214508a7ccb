import { setTimeout as sleep } from 'node:timers/promises';
import {
  SqliteAdapter,
  SqliteDialect,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import type Database from 'libsql';

export interface LibsqlOptions {
  /** Called before every statement: the same handle, or a new one where the file was replaced. */
  database: () => Database.Database;
  /** How long another process may hold the database before a statement fails with SQLITE_BUSY. */
  patienceMs: number;
}

/**
 * Kysely on libsql. Its calls are synchronous, so that one which waits for another process would stop
 * this whole process: here only the statement waits. A transaction takes the write lock when it
 * begins, since one that takes it later may be refused for good.
 */
export class LibsqlDialect extends SqliteDialect {
  readonly #options: LibsqlOptions;

  constructor(options: LibsqlOptions) {
    super({ database: options.database as never });
    this.#options = options;
  }

  override createAdapter(): SqliteAdapter {
    return new LibsqlAdapter();
  }

  override createDriver(): Driver {
    return new LibsqlDriver(new LibsqlConnection(this.#options));
  }
}

/** Migrations run in a transaction, whose lock keeps other processes from running the same ones. */
class LibsqlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LibsqlDriver implements Driver {
  readonly #connection: LibsqlConnection;

  constructor(connection: LibsqlConnection) {
    this.#connection = connection;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  beginTransaction(): Promise<void> {
    return this.#connection.patiently((database) => void database.exec('begin immediate'));
  }

  commitTransaction(): Promise<void> {
    return this.#connection.patiently((database) => void database.exec('commit'));
  }

  rollbackTransaction(): Promise<void> {
    return this.#connection.patiently((database) => void database.exec('rollback'));
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

const firstPauseMs = 2;
const longestPauseMs = 50;

class LibsqlConnection implements DatabaseConnection {
  readonly #options: LibsqlOptions;

  constructor(options: LibsqlOptions) {
    this.#options = options;
  }

  executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.patiently((database) => {
      const statement = database.prepare(sql);
      if (statement.reader) return { rows: statement.all(parameters) as R[] };
      const { changes } = alone(database, () => statement.run(parameters));
      return { rows: [], numAffectedRows: BigInt(changes) };
    });
  }

  /** Tries again for as long as another process is in the way, and lets this one go on meanwhile. */
  async patiently<T>(act: (database: Database.Database) => T): Promise<T> {
    const startedMs = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        return act(this.#options.database());
      } catch (error) {
        const hasWaitedMs = performance.now() - startedMs;
        if (!isBusy(error) || hasWaitedMs > this.#options.patienceMs) throw error;
        await sleep(pauseMs);
      }
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Nothing of the ledger is streamed');
  }
}

/**
 * With the write lock taken first. A prepared statement that itself fails as busy is not reset by
 * libsql 0.5: it keeps the transaction of every later statement open, and nothing is ever committed.
 */
function alone<T>(database: Database.Database, write: () => T): T {
  if (database.inTransaction) return write();
  database.exec('begin immediate');
  try {
    const written = write();
    database.exec('commit');
    return written;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** A full disk, for one, has ended the transaction already, and that is what is to be told. */
function rollBack(database: Database.Database): void {
  if (database.inTransaction) database.exec('rollback');
}

function isBusy(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
