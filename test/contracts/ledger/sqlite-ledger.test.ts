import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { describeCatalogue } from './catalogue-contract.ts';
import { describeLedger } from './ledger-contract.ts';
import { describeObjectives } from './objectives-contract.ts';

let home: string;
let ledger: LedgerDatabase;

const open = async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-ledger-'));
  return (ledger = ledgerAt(home));
};

describeLedger('the ledger in SQLite', open);
describeCatalogue('the catalogue in SQLite', async () => (await open()).catalogue);
describeObjectives('the objectives in SQLite', async () => (await open()).objectives);

afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true });
});
