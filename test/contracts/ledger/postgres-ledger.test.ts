import { afterAll, afterEach, describe } from 'vitest';
import { openLedger, type LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { TestPostgres } from '../../fixtures/postgres.ts';
import { describeCatalogue } from './catalogue-contract.ts';
import { describeLedger } from './ledger-contract.ts';
import { describeObjectives } from './objectives-contract.ts';

const postgres = await TestPostgres.start();
if (postgres === undefined) console.warn('skipped: no PostgreSQL (Debian: postgresql-15)');

describe.skipIf(postgres === undefined)('with a PostgreSQL of its own', () => {
  let databases = 0;
  let ledger: LedgerDatabase | undefined;
  afterEach(() => ledger?.close());
  afterAll(() => postgres?.stop());

  const open = async () => {
    const url = await postgres!.newDatabase(`ledger_${(databases += 1)}`);
    ledger = openLedger(
      { home: '/nowhere', ledger: { url, keepMs: Infinity } },
      { isWorker: true },
    );
    return ledger;
  };
  describeLedger('the ledger in PostgreSQL', open);
  describeCatalogue('the catalogue in PostgreSQL', async () => (await open()).catalogue);
  describeObjectives('the objectives in PostgreSQL', async () => (await open()).objectives);
});
