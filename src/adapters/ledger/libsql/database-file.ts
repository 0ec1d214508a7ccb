import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';

/**
 * One SQLite file, opened when it is first needed and again where it is another one since: it was
 * restored, or moved away. What is written to a file that nobody can find any more would be lost.
 */
export class DatabaseFile {
  readonly #path: string;
  #open: { database: Database.Database; inode: bigint } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  current(): Database.Database {
    if (this.#open !== undefined && this.#open.inode === inodeOf(this.#path)) {
      return this.#open.database;
    }
    this.close();
    mkdirSync(dirname(this.#path), { recursive: true });
    const database = new Database(this.#path);
    try {
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
    } catch (error) {
      database.close();
      throw error;
    }
    this.#open = { database, inode: inodeOf(this.#path) ?? 0n };
    return database;
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
