import { sql } from 'kysely';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../../../src/adapters/ledger/postgres/open-postgres.ts';
import { TestPostgres } from '../../../fixtures/postgres.ts';

const postgres = await TestPostgres.start();
if (postgres === undefined) console.warn('skipped: no PostgreSQL (Debian: postgresql-15)');
afterAll(() => postgres?.stop());

describe.skipIf(postgres === undefined)('a ledger in PostgreSQL', () => {
  it('that goes away between two statements of a transaction fails that transaction, not the process', async () => {
    const { db, close } = openPostgres(await postgres!.newDatabase('between'));
    onTestFinished(close);
    const uncaught: Error[] = [];
    const listener = (error: Error) => uncaught.push(error);
    process.prependListener('uncaughtException', listener);
    onTestFinished(() => void process.removeListener('uncaughtException', listener));

    const between = db.transaction().execute(async (transaction) => {
      await sql`SELECT 1`.execute(transaction);
      await postgres!.down();
      await sql`SELECT 2`.execute(transaction);
    });
    await expect(between).rejects.toThrow(/terminat|queryable/);
    expect(uncaught).toEqual([]);

    await postgres!.up();
    expect((await sql`SELECT 3 AS three`.execute(db)).rows).toEqual([{ three: 3 }]);
  });
});
