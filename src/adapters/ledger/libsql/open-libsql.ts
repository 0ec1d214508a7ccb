import { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import { DatabaseFile } from './database-file.ts';
import { LibsqlDialect } from './libsql-dialect.ts';

const patienceMs = 5_000;

/** The file is made when it is first needed. */
export function openLibsql(path: string): { db: Kysely<Tables>; close: () => Promise<void> } {
  const file = new DatabaseFile(path);
  const dialect = new LibsqlDialect({ database: () => file.current(), patienceMs });
  return {
    db: new Kysely<Tables>({ dialect }),
    close: async () => {
      file.close();
    },
  };
}
