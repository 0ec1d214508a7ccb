import { PostgresDialect, Kysely } from 'kysely';
import { Pool } from 'pg';
import type { Tables } from '../tables.ts';

/** Short, because a database that does not respond must not hold up its callers. */
const connectWithinMs = 2_000;
const answerWithinMs = 5_000;
const mostConnections = 5;

/** Nothing is connected before the first statement. */
export function openPostgres(url: string): { db: Kysely<Tables>; close: () => Promise<void> } {
  const pool = new Pool({
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: connectWithinMs,
    query_timeout: answerWithinMs,
    statement_timeout: answerWithinMs,
    application_name: 'belay',
    allowExitOnIdle: true,
  });
  // A broken connection is replaced. Without listeners it would end this process: the pool's own
  // listens to idle connections alone, not to one that breaks between two statements of a transaction.
  pool.on('error', () => undefined);
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}
