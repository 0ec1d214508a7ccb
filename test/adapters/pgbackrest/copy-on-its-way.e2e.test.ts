import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { Check, SearchedPass } from '../../../src/contracts/backups/search.ts';
import { planStops } from '../../../src/policies/backups/search/plan-stops.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import type { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';
import { SearchedWorld } from './searched-world.ts';

const programs = await requireBackupPrograms('a copy of a real PostgreSQL');

describe.skipIf(programs === undefined)('a copy of a real PostgreSQL', () => {
  let searched: SearchedWorld;
  let world: BackupWorld;
  let full: BackupSet;
  let check: Check;

  const search = () => searched.search;
  const sql = (statement: string) => searched.sql(statement);
  const history = (copy: string, table?: string) => searched.history(copy, table);

  const look = (copy: string, more: object = {}, cancelled?: AbortSignal) =>
    search().searchCopy(
      { ...world.about(copy), check, planStops, ...more },
      world.attempt(cancelled),
    );

  /** As a run does it, pass by pass. */
  const lookThrough = async (copy: string, more: object = {}): Promise<SearchedPass[]> => {
    const passes: SearchedPass[] = [];
    for (let seen = {}; passes.length < 20;) {
      const pass = await look(copy, { ...more, ...seen });
      passes.push(pass);
      const { good, bad, asked } = pass;
      if (asked === 0) return passes;
      seen = {
        ...{ ...seen, costs: { askMs: 100, backMs: 300 } },
        ...(good && { good: good.commits }),
        ...(bad && { bad: bad.commits }),
      };
    }
    return passes;
  };
  const bounds = (passes: readonly SearchedPass[]) => [
    passes.findLast(({ good }) => good)?.good?.commits,
    passes.findLast(({ bad: isBad }) => isBad)?.bad?.commits,
  ];
  /** Nothing of a server that was ended is left to run, or to be asked. */
  const isServed = async (folder: string) =>
    (await readdir(join(folder, '..', 'sock'))).length > 0 ||
    existsSync(join(folder, 'postmaster.pid'));

  beforeAll(async () => {
    searched = await SearchedWorld.open(programs!);
    ({ world, full, check } = searched);
  });
  afterAll(() => searched.close());

  test('is asked on its way, goes back, and finds the exact transaction', async () => {
    const { copy, folder } = await world.restore(full.label, { kind: 'set' });
    const { commits } = await history(copy);
    // Not the one that stands out.
    const hidden = { ...check, query: 'SELECT count(*) FROM orders WHERE id > 217' };
    const passes = await lookThrough(copy, { check: hidden });
    const [good = 0, firstBad = 0] = bounds(passes);
    expect(firstBad, JSON.stringify(passes)).toBe(good + 1);
    const stuck = passes.filter(({ unable, spent }) => unable ?? spent);
    expect(stuck).toEqual([expect.objectContaining({ asked: 0 })]);
    expect(passes.length).toBeGreaterThan(2);
    const place = { ...world.about(copy), among: 'all' as const, place: firstBad };
    const commit = await search().readCommit(place, world.attempt());
    const seen = passes.findLast(({ bad: isBad }) => isBad)?.bad;
    expect(seen).toEqual({ commits: firstBad, xid: commit.xid, seen: '1' });
    expect(await isServed(folder)).toBe(false);
    expect(commits).toBeGreaterThan(firstBad);
    // A copy that waits there by a target of PostgreSQL's own answers the same.
    const { copy: other } = await world.restore(full.label, { kind: 'set' });
    const askedThere = async (inclusive: boolean) =>
      (await searched.probe(other, { lsn: commit.lsn, inclusive }, hidden))[1];
    expect(await askedThere(false)).toEqual({ kind: 'answer', seen: '0' });
    expect(await askedThere(true)).toEqual({ kind: 'answer', seen: '1' });
    await world.remove(copy);
    await world.remove(other);
  });

  test('one that stands out is found in one pass, with two questions', async () => {
    const { copy } = await world.restore(full.label, { kind: 'set' });
    await history(copy, 'public.orders');
    const pass = await look(copy);
    const place = { ...world.about(copy), among: 'table' as const, place: 61 };
    const { ordinal, xid } = await search().readCommit(place, world.attempt());
    expect(pass).toMatchObject({
      ...{ asked: 2, good: { commits: ordinal - 1, seen: '0' } },
      bad: { commits: ordinal, xid, seen: '230' },
    });
    await world.remove(copy);
  });

  test('all is well, or was bad from the beginning, up to the end of the log and never beyond it', async () => {
    const { copy } = await world.restore(full.label, { kind: 'set' });
    const { commits, last } = await history(copy);
    const well = await lookThrough(copy, { check: { ...check, query: 'SELECT 0' } });
    expect(bounds(well)).toEqual([commits, undefined]);
    expect(well[0]?.good).toMatchObject({ commits, xid: last?.xid });
    const badAll = await lookThrough(copy, { check: { ...check, query: 'SELECT 1' } });
    expect(bounds(badAll)).toEqual([undefined, 0]);
    await world.remove(copy);
  });

  test('a pass that was cancelled leaves no server, and the next one finds the same', async () => {
    const { copy, folder } = await world.restore(full.label, { kind: 'set' });
    await history(copy, 'public.orders');
    const slow = { ...check, query: 'SELECT count(*) FROM orders, pg_sleep(30)' };
    const stop = new AbortController();
    const cancelled = look(copy, { check: slow }, stop.signal);
    await expect.poll(() => existsSync(join(folder, 'postmaster.pid'))).toBe(true);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'away' });
    expect(await isServed(folder)).toBe(false);
    expect(await look(copy)).toMatchObject({ asked: 2, bad: { seen: '230' } });
    await world.remove(copy);
  });

  test('of two calls the later one counts, and the earlier one has ended before it begins', async () => {
    const { copy, folder } = await world.restore(full.label, { kind: 'set' });
    await history(copy, 'public.orders');
    const slow = { ...check, query: 'SELECT count(*) FROM orders, pg_sleep(30)' };
    const earlier = look(copy, { check: slow });
    await expect.poll(() => existsSync(join(folder, 'postmaster.pid'))).toBe(true);
    const [one, other] = await Promise.allSettled([earlier, look(copy)]);
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'away' } });
    expect(other).toMatchObject({ value: { asked: 2, bad: { seen: '230' } } });
    expect(await isServed(folder)).toBe(false);
    await world.remove(copy);
  });

  test('a check of several statements is asked, one that fails says where, and one as too much is refused', async () => {
    const { copy } = await world.restore(full.label, { kind: 'set' });
    await history(copy);
    const asking = (more: object) => look(copy, { check: { ...check, ...more } });
    const several = `SET work_mem = '4MB'; ${check.query}`;
    expect(await asking({ query: several })).toMatchObject({ bad: { seen: '230' } });
    const failing = await asking({ query: 'SELECT * FROM later' });
    expect(failing.silent?.seen).toContain('relation "later" does not exist');
    await expect(asking({ role: 'boss' })).rejects.toThrow(/may become .*boss.*check.role/);
    await expect(asking({ role: 'nobody' })).rejects.toThrow('there was no role nobody');
    await world.remove(copy);
  });

  test('just before a table is emptied, nothing locks it yet', async () => {
    await sql('TRUNCATE orders');
    await sql('INSERT INTO visits DEFAULT VALUES');
    await searched.archived();
    const { copy } = await world.restore(full.label, { kind: 'set' });
    await history(copy, 'public.orders');
    const query = 'SELECT NOT EXISTS (SELECT FROM orders WHERE id <= 200)';
    const emptied = { ...check, query, expect: 'f' };
    const passes = await lookThrough(copy, { check: emptied });
    const [good = 0, firstBad = 0] = bounds(passes);
    expect(firstBad, JSON.stringify(passes)).toBe(good + 1);
    expect(passes.filter(({ silent }) => silent)).toEqual([]);
    await world.remove(copy);
  });

  test('is asked on its way over the beginning of a timeline', async () => {
    const { cluster } = world;
    await cluster.stopServer();
    await cluster.as('/usr/bin/touch', join(cluster.dataFolder, 'standby.signal'));
    await cluster.startServer();
    await cluster.sql('SELECT pg_promote()');
    for (let each = 1; each <= 30; each++) await sql('INSERT INTO orders DEFAULT VALUES');
    await searched.archived();
    const { copy } = await world.restore(full.label, { kind: 'set' });
    await history(copy);
    const query = 'SELECT count(*) FROM orders WHERE id > 280';
    const passes = await lookThrough(copy, { check: { ...check, query } });
    const [good = 0, firstBad = 0] = bounds(passes);
    expect(firstBad, JSON.stringify(passes)).toBe(good + 1);
    expect(passes.findLast(({ bad: isBad }) => isBad)?.bad?.seen).toBe('1');
    await world.remove(copy);
  });
});
