import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DamagedEntry } from '../../../src/adapters/ledger/ledger-entry.ts';
import { openLibsql } from '../../../src/adapters/ledger/libsql/open-libsql.ts';
import { LedgerError } from '../../../src/adapters/ledger/ledger-error.ts';
import { migrations } from '../../../src/adapters/ledger/migrations/all.ts';
import {
  openLedger,
  type LedgerDatabase,
  type LedgerOptions,
} from '../../../src/adapters/ledger/open-ledger.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { packageVersion } from '../../../src/config/package-version.ts';
import { password, TestPostgres } from '../../fixtures/postgres.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';

const postgres = await TestPostgres.start();
if (postgres === undefined) console.warn('skipped: no PostgreSQL (Debian: postgresql-15)');
afterAll(() => postgres?.stop());

const dayMs = 24 * 60 * 60_000;
const next = {
  ...migrations,
  '0007-next': {
    up: (db: Kysely<unknown>) =>
      db.schema.alterTable('belay_runs').addColumn('more', 'text').execute(),
  },
};

let home: string;
let opened: LedgerDatabase[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-ledger-'));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((ledger) => ledger.close()));
  await rm(home, { recursive: true, force: true });
});

interface At extends LedgerOptions {
  url?: string;
  keepMs?: number;
}

function open({ url, keepMs = Infinity, ...options }: At = {}): LedgerDatabase {
  const ledger = openLedger({ home, ledger: { keepMs, ...(url && { url }) } }, options);
  opened.push(ledger);
  return ledger;
}

async function refusalOf(ledger: LedgerDatabase): Promise<LedgerError> {
  const error = await ledger.list().catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(LedgerError);
  return error as LedgerError;
}

const refs = async (ledger: LedgerDatabase) => (await ledger.list()).map(({ runRef }) => runRef);

describe('the ledger in SQLite', () => {
  it('is made and written by several processes that start at once', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => appendFromProcess(name)));
    expect(await open().list()).toHaveLength(100);
  });

  it('of a newer schema is refused, with both versions and what to do', async () => {
    await open({ migrations: next }).append(rolloutReport());
    expect((await refusalOf(open())).message).toBe(
      `The ledger in ${home}/ledger/ledger.db has schema version 7, and Belay ${packageVersion()} ` +
        'knows versions up to 6: use the newer Belay that upgraded it.',
    );
  });

  it('is upgraded where it is of an older schema, and keeps what it has', async () => {
    await open().append(rolloutReport());
    expect(await open({ migrations: next }).list()).toEqual([rolloutReport()]);
  });

  it('that cannot be read says where it is and what to do', async () => {
    await mkdir(join(home, 'ledger'));
    await writeFile(join(home, 'ledger', 'ledger.db'), 'no database'.repeat(1000));
    expect((await refusalOf(open())).message).toBe(
      `The ledger in ${home}/ledger/ledger.db cannot be used (file is not a database): check that the ` +
        'folder can be written, or restore the file from a backup. Runs go on without it, and ' +
        'their reports are written once it can be used again.',
    );
  });

  it('lists the others where one report cannot be read, and says which, once', async () => {
    const damaged: DamagedEntry[] = [];
    const ledger = open({ onDamaged: (damage) => damaged.push(damage) });
    const withoutUndo = { ...rolloutReport({ runRef: 'r-3', startedAtMs: 3 }), undo: undefined };
    await ledger.append(rolloutReport({ runRef: 'r-1', startedAtMs: 1 }));
    await ledger.append(rolloutReport({ runRef: 'r-2', startedAtMs: 2 }));
    await ledger.append(withoutUndo as unknown as RunReport);
    const { db, close } = openLibsql(join(home, 'ledger', 'ledger.db'));
    await db.updateTable('belay_runs').set({ report: '{' }).where('run_ref', '=', 'r-2').execute();
    await close();
    expect(await refs(ledger)).toEqual(['r-1']);
    expect((await ledger.list({ each: 3 })).map(({ runRef }) => runRef)).toEqual(['r-1']);
    expect(damaged).toMatchObject([
      { entry: 'r-3', problem: 'it has no undo' },
      { entry: 'r-2', problem: expect.stringMatching(/JSON/) as string },
    ]);
  });

  it('that was away is used again when it is back, by the same process', async () => {
    const ledger = open();
    await ledger.append(rolloutReport({ runRef: 'before' }));
    await rename(join(home, 'ledger'), join(home, 'away'));
    await writeFile(join(home, 'ledger'), 'in the way');
    await expect(ledger.append(rolloutReport({ runRef: 'lost' }))).rejects.toThrow(LedgerError);
    await rm(join(home, 'ledger'));
    await rename(join(home, 'away'), join(home, 'ledger'));
    await ledger.append(rolloutReport({ runRef: 'after', startedAtMs: 5000 }));
    expect(await refs(open())).toEqual(['after', 'before']);
  });

  it('that was removed is begun anew, by the same process', async () => {
    const ledger = open();
    await ledger.append(rolloutReport({ runRef: 'before' }));
    await rm(join(home, 'ledger'), { recursive: true });
    await ledger.append(rolloutReport({ runRef: 'after' })).catch(() => undefined);
    await ledger.append(rolloutReport({ runRef: 'after' }));
    expect(await refs(open())).toEqual(['after']);
  });

  it('holds up only who waits for it while another process writes', async () => {
    const ledger = open();
    await ledger.append(rolloutReport());
    const { default: Database } = await import('libsql');
    const other = new Database(join(home, 'ledger', 'ledger.db'));
    other.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    const appending = ledger.append(rolloutReport({ runRef: 'waits' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    other.exec('COMMIT');
    other.close();
    await appending;
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(20);
  });

  it('removes runs that ended before those that are kept, but the newest of each subject', async () => {
    const ledger = open({ keepMs: 30 * dayMs });
    const nowMs = Date.now();
    const ended = (runRef: string, service: string, days: number) => {
      const atMs = nowMs - days * dayMs;
      return rolloutReport({ runRef, service, startedAtMs: atMs - 1000, endedAtMs: atMs });
    };
    for (const report of [
      ended('shop-1', 'shop', 90),
      ended('shop-2', 'shop', 31),
      ended('shop-3', 'shop', 29),
      ended('cart-1', 'cart', 90),
      ended('cart-2', 'cart', 80),
    ]) {
      await ledger.append(report);
    }
    expect(await ledger.prune()).toBe(3);
    expect(await refs(ledger)).toEqual(['shop-3', 'cart-2']);
    expect(await ledger.prune()).toBe(0);
  });

  it('removes nothing where everything is kept', async () => {
    const ledger = open();
    await ledger.append(rolloutReport({ startedAtMs: 1, endedAtMs: 2 }));
    await ledger.append(rolloutReport({ runRef: 'r-2' }));
    expect(await ledger.prune()).toBe(0);
  });
});

describe.skipIf(postgres === undefined)('the ledger in PostgreSQL', () => {
  it('is made and written by several processes that start at once', async () => {
    const url = await postgres!.newDatabase('several');
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => appendFromProcess(name, url)));
    expect(await open({ url }).list()).toHaveLength(100);
  });

  it('is upgraded by workers alone: to others it says what is missing', async () => {
    const url = await postgres!.newDatabase('upgraded');
    expect((await refusalOf(open({ url }))).message).toBe(
      `The ledger in postgres://belay@127.0.0.1:${postgres!.port}/upgraded has schema version 0, and ` +
        `Belay ${packageVersion()} needs version 6: start a worker of this Belay, which upgrades it.`,
    );
    await open({ url, isWorker: true }).append(rolloutReport());
    expect(await refs(open({ url }))).toEqual(['r-1']);
    await open({ url, isWorker: true, migrations: next }).check();
    expect((await refusalOf(open({ url, isWorker: true }))).trouble).toBe('newer-schema');
  });

  it.each([
    ['that is away', (url: string) => url.replace(/:\d+\//, ':1/'), /ECONNREFUSED/],
    ['that is not there', (url: string) => `${url}_not`, /does not exist/],
    [
      'that refuses the password',
      (url: string) => url.replace('secret', 'other'),
      /authentication/,
    ],
  ])('%s is told of in one sentence, without its password', async (_, change, why) => {
    const url = change(await postgres!.newDatabase(`away_${Date.now()}`));
    const error = await refusalOf(open({ url, isWorker: true }));
    expect(error.message).toMatch(why);
    expect(error.message).toMatch(/check that PostgreSQL runs and that BELAY_LEDGER_URL is right/);
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(password);
    expect(error.message).not.toContain(encodeURIComponent(password));
  });

  it('that restarts is used again, by the same process', async () => {
    const url = await postgres!.newDatabase('restarted');
    const ledger = open({ url, isWorker: true });
    await ledger.append(rolloutReport({ runRef: 'before' }));
    await postgres!.down();
    await expect(ledger.list()).rejects.toThrow(LedgerError);
    await postgres!.up();
    await ledger.append(rolloutReport({ runRef: 'after', startedAtMs: 5000 }));
    expect(await refs(ledger)).toEqual(['after', 'before']);
  });

  it('removes runs that ended before those that are kept', async () => {
    const url = await postgres!.newDatabase('pruned');
    const ledger = open({ url, isWorker: true, keepMs: dayMs });
    await ledger.append(rolloutReport());
    await ledger.append(rolloutReport({ runRef: 'r-2', startedAtMs: 5000 }));
    expect(await ledger.prune()).toBe(1);
    expect(await refs(ledger)).toEqual(['r-2']);
  });

  it('removes nothing where everything is kept', async () => {
    const ledger = open({ url: await postgres!.newDatabase('kept'), isWorker: true });
    await ledger.append(rolloutReport());
    expect(await ledger.prune()).toBe(0);
  });

  it('shares a database with tables of others', async () => {
    const url = await postgres!.newDatabase('shared');
    await postgres!.run('CREATE TABLE runs (id int)', 'shared');
    await open({ url, isWorker: true }).check();
    const tables = await postgres!.run(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
      'shared',
    );
    expect(tables).toEqual(
      [
        ...[
          'belay_backup_repositories',
          'belay_backup_retired',
          'belay_backup_sets',
          'belay_migrations',
        ],
        ...['belay_migrations_lock', 'belay_runs', 'belay_slo_corrections'],
        ...[
          'belay_slo_downtimes',
          'belay_slo_exclusions',
          'belay_slo_hours',
          'belay_slo_readings',
          'belay_slo_spending',
        ],
        ...['belay_slo_states', 'belay_slo_violations', 'belay_subjects', 'runs'],
      ].map((tablename) => ({ tablename })),
    );
  });
});

async function appendFromProcess(prefix: string, url = ''): Promise<void> {
  const script = join(import.meta.dirname, 'append-many.ts');
  await promisify(execFile)(process.execPath, ['--import', 'tsx', script, home, url, prefix, '25']);
}
