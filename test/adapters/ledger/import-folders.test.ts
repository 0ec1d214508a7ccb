import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DamagedEntry } from '../../../src/adapters/ledger/ledger-entry.ts';
import { openLedger, type LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { createAlertLedger } from '../../../src/contracts/rollouts/alert-ledger.ts';
import { listReports } from '../../../src/contracts/rollouts/list-reports.ts';
import { alert } from '../../policies/rollouts/alerts/snapshots.ts';

const aMinuteAgoMs = Date.now() - 60_000;

/** As an earlier Belay wrote it. */
function flatReport(rolloutId: string, startedAtMs: number) {
  return {
    ...{ kind: 'canary', rolloutId, workflowId: 'rollout/demo/shop', runId: 'run-1' },
    ...{ service: 'shop', environment: 'demo', version: 'v2', previousVersion: 'v1' },
    ...{ outcome: 'Promoted', reason: 'every stage passed' },
    ...{ startedAtMs, endedAtMs: startedAtMs + 1000 },
    ...{ notes: [], stages: [], people: [], undo: [], spec: { kind: 'canary' } },
  };
}

const response = {
  ...{ alertId: 'alert/f00d/1000', alert: alert(), decidedAtMs: 2000, action: 'undo' },
  ...{ reason: 'it began 5m after v2 was promoted', service: 'shop', environment: 'demo' },
};

let home: string;
let opened: LedgerDatabase[];
let imported: number[];
let damaged: DamagedEntry[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-ledger-'));
  [opened, imported, damaged] = [[], [], []];
});
afterEach(async () => {
  await Promise.all(opened.map((ledger) => ledger.close()));
  await rm(home, { recursive: true, force: true });
});

function open(keepMs = Infinity): LedgerDatabase {
  const ledger = openLedger(
    { home, ledger: { keepMs } },
    {
      isWorker: true,
      onImported: (count) => imported.push(count),
      onDamaged: (damage) => damaged.push(damage),
    },
  );
  opened.push(ledger);
  return ledger;
}

async function write(path: string, content: unknown, atMs = aMinuteAgoMs): Promise<void> {
  const file = join(home, 'ledger', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  await utimes(file, atMs / 1000, atMs / 1000);
}

const refs = async (ledger: LedgerDatabase) =>
  (await listReports(ledger)).map(({ runRef }) => runRef);

it('reports and responses of the earlier ledger are imported once, and left in place', async () => {
  await write('demo/shop/1000-r-1.json', flatReport('r-1', 1000));
  await write('.alerts/demo/shop/2000-a.json', response);
  const before = await readFile(join(home, 'ledger/demo/shop/1000-r-1.json'), 'utf8');

  const ledger = open();
  expect(await listReports(ledger)).toMatchObject([
    {
      ...{ format: 2, family: 'rollouts', runRef: 'r-1', spec: { kind: 'canary' } },
      subject: { environment: 'demo', name: 'shop' },
      details: { version: 'v2', previousVersion: 'v1' },
    },
  ]);
  expect(await createAlertLedger(ledger).list()).toEqual([response]);
  await open().check();
  expect(imported).toEqual([2]);
  expect(await readFile(join(home, 'ledger/demo/shop/1000-r-1.json'), 'utf8')).toBe(before);
  expect(await readdir(join(home, 'ledger/.alerts/demo/shop'))).toEqual(['2000-a.json']);
});

it('what an earlier version still writes is imported at the next start', async () => {
  await write('demo/shop/1000-r-1.json', flatReport('r-1', 1000));
  await open().check();
  await write('demo/shop/5000-r-2.json', flatReport('r-2', 5000), Date.now());
  expect(await refs(open())).toEqual(['r-2', 'r-1']);
});

it('an import does not bring back what is too old to be kept', async () => {
  const ledger = open(60_000);
  await write('demo/shop/1000-r-1.json', flatReport('r-1', 1000));
  await write('demo/shop/9000-r-2.json', flatReport('r-2', Date.now()));
  expect(await refs(ledger)).toEqual(['r-2']);
});

it('the newest report of a service is imported although it is too old to be kept', async () => {
  await write('demo/shop/1000-r-1.json', flatReport('r-1', 1000));
  await write('demo/shop/2000-r-2.json', flatReport('r-2', 2000));
  const ledger = open(60_000);
  expect(await refs(ledger)).toContain('r-2');
  await ledger.prune();
  expect(await refs(ledger)).toEqual(['r-2']);
});

it('files are imported again into a database that took the place of a lost one', async () => {
  await write('demo/shop/1000-r-1.json', flatReport('r-1', 1000));
  await open().check();
  for (const ending of ['', '-wal', '-shm']) {
    await rm(join(home, `ledger/ledger.db${ending}`), { force: true });
  }
  expect(await refs(open())).toEqual(['r-1']);
});

it('files that are no reports are named, and the others imported', async () => {
  await write('demo/shop/1000-r-1.json', flatReport('r-1', 1000));
  await write('demo/shop/2000-torn.json', '{"rolloutId": "to');
  await write('demo/shop/3000-other.json', { hello: 'there' });
  await write('.alerts/demo/shop/9000-odd.json', { alertId: 7 });
  expect(await refs(open())).toEqual(['r-1']);
  expect(damaged.map(({ entry }) => entry.slice(home.length)).sort()).toEqual([
    '/ledger/.alerts/demo/shop/9000-odd.json',
    '/ledger/demo/shop/2000-torn.json',
    '/ledger/demo/shop/3000-other.json',
  ]);
});
