import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { describeLedger } from './ledger-contract.ts';

let home: string;
let ledger: LedgerDatabase;

describeLedger('the ledger in SQLite', async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-ledger-'));
  return (ledger = ledgerAt(home));
});

afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true });
});
