import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCatalogueActivities } from '../../../activities/backups/catalogue.ts';
import type { DamagedEntry } from '../../../src/adapters/ledger/ledger-entry.ts';
import { openLibsql } from '../../../src/adapters/ledger/libsql/open-libsql.ts';
import { openLedger, type LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { component, contentsOf, dayMs, plan, setAt } from '../../policies/backups/backup-sets.ts';

let home: string;
let ledger: LedgerDatabase;
const damaged: DamagedEntry[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-catalogue-'));
  ledger = openLedger(
    { home, ledger: { keepMs: 30 * dayMs } },
    { onDamaged: (one) => damaged.push(one) },
  );
});

afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true });
});

it('a set that cannot be read is left out and named, and taken over from its repository again', async () => {
  const activities = createCatalogueActivities(ledger.catalogue);
  const set = setAt(Date.now(), { label: 'today' });
  const contents = contentsOf([set], { readAtMs: set.startedAtMs + 1 });
  await activities.compareCatalogue(plan, component, contents, 'run@1');
  const { db, close } = openLibsql(join(home, 'ledger', 'ledger.db'));
  await db.updateTable('belay_backup_sets').set({ entry: '{' }).execute();
  await close();

  expect(await activities.readCatalogue({})).toEqual([]);
  expect(damaged).toEqual([{ entry: 'set today', problem: 'is not JSON' }]);
  expect(await activities.compareCatalogue(plan, component, contents, 'run@2')).toMatchObject([
    { label: 'today', kind: 'unknown' },
  ]);
  expect(await activities.readCatalogue({})).toMatchObject([{ set }]);
});

it('sets that are gone are removed when runs of their age are, others never', async () => {
  const activities = createCatalogueActivities(ledger.catalogue);
  const [old, gone, young] = [40, 40.5, 1].map((days) =>
    setAt(Date.now() - days * dayMs, { label: `${days} days ago` }),
  );
  const both = contentsOf([old!, gone!, young!], { readAtMs: Date.now() - dayMs / 2 });
  await activities.compareCatalogue(plan, component, both, 'run@1');
  const later = contentsOf([old!], { readAtMs: Date.now() });
  await activities.compareCatalogue(plan, component, later, 'run@2');
  expect(await ledger.prune()).toBe(1);
  const left = await activities.readCatalogue({ gone: true });
  expect(left.map((entry) => entry.set.label)).toEqual(['40 days ago', '1 days ago']);
});
