import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { Check } from '../../../src/contracts/backups/search.ts';
import type { StopPoint } from '../../../src/contracts/backups/store.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import type { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';
import { SearchedWorld } from './searched-world.ts';

const programs = await requireBackupPrograms('the log of a real PostgreSQL');

describe.skipIf(programs === undefined)('the log of a real PostgreSQL', () => {
  let searched: SearchedWorld;
  let world: BackupWorld;
  let full: BackupSet;
  let bad: string;

  const search = () => searched.search;
  const sql = (statement: string) => searched.sql(statement);
  const archived = () => searched.archived();
  const history = (copy: string, table?: string) => searched.history(copy, table);
  const ask = (copy: string, more: Partial<Check> = {}) => searched.ask(copy, more);
  const probe = (copy: string, until: StopPoint) => searched.probe(copy, until);

  beforeAll(async () => {
    searched = await SearchedWorld.open(programs!);
    ({ world, full, bad } = searched);
  });
  afterAll(() => searched.close());

  test('tells the transactions of a table, and the one that wrote far more than the others', async () => {
    const { copy } = await world.restore(full.label, { kind: 'set' });
    const all = await history(copy);
    const ofTable = await history(copy, 'public.orders');
    expect(ofTable.remarks).toEqual([]);
    expect(ofTable.touching).toEqual({ commits: 121 });
    expect(all.commits).toBeGreaterThanOrEqual(182);
    expect(ofTable.standout).toMatchObject({ among: 'table', place: 61, records: 230, usual: 1 });
    const place = { ...world.about(copy), among: 'table' as const, place: 61 };
    const commit = await search().readCommit(place, world.attempt());
    expect(commit).toMatchObject({ xid: bad, records: 230 });
    const from = { ...world.about(copy), from: commit.ordinal, database: 'shop' };
    const loss = await search().weighLoss(from, world.attempt());
    expect(loss.oldestXid).toBe(bad);
    expect(loss.transactions).toBe(all.commits - commit.ordinal + 1);
    expect(loss.tables.slice(0, 2)).toEqual([
      { table: 'public.orders', records: 290 },
      { table: 'public.visits', records: 30 },
    ]);
    expect((await history(copy, 'public.nothing')).remarks).toEqual([
      'public.nothing: there is no such table now',
    ]);
    await world.remove(copy);
  });

  test('a copy waits before a commit and after it, forward only, and is never promoted', async () => {
    const { copy, folder } = await world.restore(full.label, { kind: 'set' });
    const { last } = await history(copy, 'public.orders');
    const place = { ...world.about(copy), among: 'table' as const, place: 61 };
    const { lsn } = await search().readCommit(place, world.attempt());
    const good = { kind: 'answer', seen: '0' };
    expect((await probe(copy, 'consistent'))[1]).toEqual(good);
    const [before, beforeIt] = await probe(copy, { lsn, inclusive: false });
    expect([before.state, beforeIt]).toEqual(['paused', good]);
    // Again, as after a host that died.
    expect((await probe(copy, { lsn, inclusive: false }))[1]).toEqual(good);
    const [, afterIt] = await probe(copy, { lsn, inclusive: true });
    expect(afterIt).toEqual({ kind: 'answer', seen: '230' });
    const [back] = await probe(copy, { lsn, inclusive: false });
    expect(back).toMatchObject({ state: 'failed' });
    expect(back.detail).toContain('before consistent recovery point');
    const [end] = await probe(copy, { lsn: last!.lsn, inclusive: true });
    expect(end.state).toBe('paused');
    expect(existsSync(join(folder, 'recovery.signal'))).toBe(true);
    await world.remove(copy);
  });

  test('a check is asked as nobody who could reach the host, and one that fails is no answer', async () => {
    const { copy } = await world.restore(full.label, { kind: 'set' });
    const stop = new AbortController();
    const until: StopPoint = 'consistent';
    const run = { ...world.about(copy), act: world.nextAct(), forMs: 60_000, until };
    const ended = world.provider.runCopy(run, world.attempt(stop.signal)).catch(() => undefined);
    expect((await world.settled(copy)).state).toBe('paused');
    const program = "COPY (SELECT 1) TO PROGRAM 'true'";
    for (const query of [program, `RESET ROLE; ${program}`, 'SELECT * FROM later']) {
      expect(await ask(copy, { query })).toMatchObject({ kind: 'none' });
    }
    await expect(ask(copy, { role: 'boss' })).rejects.toThrow(/may become .*boss.*check.role/);
    await expect(ask(copy, { database: 'postgres' })).rejects.toThrow(
      /the owner of postgres, which may become/,
    );
    await expect(ask(copy, { role: 'nobody' })).rejects.toThrow('there was no role nobody');
    stop.abort();
    await ended;
    await world.remove(copy);
  });

  test('rows that were written since are exported as a whole, for their owner alone', async () => {
    const folder = join(world.scratch, 'exports');
    await sql('CREATE TABLE notes (id int, "the text" text)');
    await sql(`INSERT INTO notes VALUES (1, E'two\\nlines, "quoted"'), (2, NULL)`);
    const wanted = { ...world.call, folder, database: 'shop', mostBytes: 2 ** 20 };
    const tables = ['public.orders', 'public.visits', 'public.notes'];
    const examine = (more: object) =>
      search().examineExport({ ...wanted, tables, ...more }, world.attempt());
    expect(await examine({})).toEqual({ problems: [] });
    const others = ['public.nothing', 'pg_catalog.pg_roles'];
    expect(await examine({ tables: others, mostBytes: 2 ** 60 })).toEqual({
      problems: [
        'there is no table public.nothing',
        expect.stringMatching(/^pg_catalog\.pg_roles is no table/),
        expect.stringMatching(/ left, where an export of at most /),
      ],
    });
    const act = { ...wanted, tables, act: world.nextAct(), sinceXid: bad };
    const exported = await search().exportRows(act, world.attempt());
    expect(exported.tables.map(({ table, rows }) => [table, rows])).toEqual([
      ...[
        ['public.orders', 260],
        ['public.visits', 30],
        ['public.notes', 2],
      ],
    ]);
    const notes = join(exported.folder, 'public.notes.csv');
    const text = 'id,the text\n1,"two\nlines, ""quoted"""\n2,\n';
    expect(await readFile(notes, 'utf8')).toBe(text);
    expect((await stat(notes)).mode & 0o777).toBe(0o600);
    expect((await stat(exported.folder)).mode & 0o777).toBe(0o700);
    await sql('DELETE FROM notes');
    expect(await search().exportRows(act, world.attempt())).toEqual(exported);
    const small = { ...act, act: world.nextAct(), mostBytes: 1_000 };
    await expect(search().exportRows(small, world.attempt())).rejects.toThrow('are more than');
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('writes are held for new sessions and old ones, and released', async () => {
    const client = new Client({
      ...{ host: world.cluster.socketFolder, port: world.cluster.port, database: 'shop' },
      user: 'shop',
    });
    client.on('error', () => undefined);
    await client.connect();
    const act = () => ({ ...world.call, act: world.nextAct() });
    expect(await search().readWrites(world.call, world.attempt())).toEqual({ isHeld: false });
    await search().holdWrites(act(), world.attempt());
    expect(await search().readWrites(world.call, world.attempt())).toEqual({ isHeld: true });
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await expect(sql('INSERT INTO orders DEFAULT VALUES')).rejects.toThrow('read-only transaction');
    await archived();
    await search().releaseWrites(act(), world.attempt());
    await search().releaseWrites(act(), world.attempt());
    await sql('INSERT INTO orders DEFAULT VALUES');
  });
});
