import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPgBackRest } from '../../../src/adapters/pgbackrest/pgbackrest-provider.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { giveToUnprivileged } from '../../../scripts/archived-postgres/unprivileged.ts';

const programs = await requireBackupPrograms('copies that are restored from a real PostgreSQL');

describe.skipIf(programs === undefined)('copies that are restored from a real PostgreSQL', () => {
  let world: BackupWorld;
  let full: BackupSet;
  let incremental: BackupSet;

  beforeAll(async () => {
    world = await BackupWorld.open(programs!);
    await world.cluster.sql(
      'CREATE TABLE orders (id serial PRIMARY KEY, at timestamptz DEFAULT now())',
    );
    await world.cluster.sql('INSERT INTO orders SELECT FROM generate_series(1, 1000)');
    await world.cluster.sql('CREATE ROLE shop LOGIN; CREATE ROLE reports NOLOGIN');
    await world.cluster.sql(
      `CREATE SCHEMA private; CREATE TABLE private.letters AS SELECT 'dear' AS text;
       ALTER TABLE private.letters OWNER TO shop;
       ALTER TABLE private.letters ENABLE ROW LEVEL SECURITY;
       ALTER TABLE private.letters FORCE ROW LEVEL SECURITY;
       REVOKE CONNECT ON DATABASE postgres FROM PUBLIC; GRANT CONNECT ON DATABASE postgres TO shop`,
    );
    full = await world.makeSet('full');
    await world.mark('increment');
    incremental = await world.makeSet('incremental');
  });
  afterAll(() => world.close());

  describe('restored', () => {
    test('to a moment, has the mark of before and not the one of after, and archives nothing', async () => {
      await world.mark('before');
      await sleep(1_100);
      const atMs = Date.now();
      await sleep(1_100);
      const after = await world.mark('after');
      await world.archived(after.at.segment);
      const archived = await world.contents();
      const { copy, folder } = await world.restore(full.label, { kind: 'time', atMs });
      const auto = await readFile(join(folder, 'postgresql.auto.conf'), 'utf8');
      expect(auto).toContain("archive_mode = 'off'");
      expect(auto).toMatch(/recovery_target_time = '.*\+00'/);
      await world.asking(copy, async (state) => {
        expect(state).toMatchObject({ state: 'promoted', timeline: 2 });
        expect(state.replayedUntilMs).toBeLessThanOrEqual(atMs);
        expect(state.replayedUntilMs).toBeGreaterThan(atMs - 2_500);
        const results = await world.assert(
          copy,
          { kind: 'mark', nonce: 'before', expect: 'present' },
          { kind: 'mark', nonce: 'after', expect: 'absent' },
          {
            ...{ kind: 'heartbeat', database: 'postgres', atMs, withinMs: 2_500 },
            query: 'SELECT max(committed_at) FROM belay.marks;',
          },
          {
            kind: 'sql',
            name: 'orders',
            database: 'postgres',
            query: 'SELECT count(*) FROM orders',
            expect: '1000',
          },
          { kind: 'roles', roles: ['shop'] },
          { kind: 'sequences' },
          { kind: 'structure' },
        );
        expect(results.filter(({ passed }) => !passed)).toEqual([]);
        await world.cluster.as(
          join(programs!.postgres, 'psql'),
          ...['-h', join(folder, '../sock'), '-qc', 'SELECT pg_switch_wal()'],
        );
        // The server is ended for it.
        const [checksums] = await world.assert(copy, { kind: 'checksums' });
        expect(checksums).toMatchObject({ name: 'checksums', passed: true });
      });
      expect((await world.contents()).wal).toEqual(archived.wal);
      expect(await world.remove(copy)).toEqual({ removed: true });
      expect(await world.remove(copy)).toEqual({ removed: false });
      expect(await readdir(world.scratch)).toEqual([]);
    });

    test('assertions that do not hold fail, with what was seen', async () => {
      const { copy } = await world.restore(incremental.label, { kind: 'set' });
      await world.asking(copy, async ({ state }) => {
        expect(state).toBe('promoted');
        const results = await world.assert(
          copy,
          { kind: 'mark', nonce: 'increment', expect: 'absent' },
          { kind: 'mark', nonce: 'before', expect: 'present' },
          { kind: 'heartbeat', database: 'postgres', query: 'SELECT NULL', atMs: 1, withinMs: 1 },
          {
            kind: 'sql',
            name: 'none',
            database: 'postgres',
            query: 'SELECT * FROM nothing',
            expect: '',
          },
          { kind: 'roles', roles: ['reports', 'gone'] },
        );
        expect(results.map(({ name, passed, seen }) => [name, passed, seen])).toEqual([
          ['mark increment', false, 'present'],
          ['mark before', false, 'absent'],
          ['heartbeat', false, 'no row'],
          ['none', false, expect.stringContaining('relation "nothing" does not exist')],
          ['role reports', false, expect.stringContaining('is not permitted to log in')],
          ['role gone', false, expect.stringContaining('does not exist')],
        ]);
      });
      await world.remove(copy);
    });

    test('queries of users read every table, and start no program, write nothing and become nobody else', async () => {
      const { copy, folder } = await world.restore(incremental.label, { kind: 'set' });
      const sign = join(folder, '../sign');
      const program = `COPY (SELECT 1) TO PROGRAM 'touch ${sign}'`;
      const sql = (query: string, wanted = '') =>
        ({ kind: 'sql', name: query, database: 'postgres', query, expect: wanted }) as const;
      await world.asking(copy, async ({ state, detail }) => {
        expect(state, detail).toBe('promoted');
        const held = await world.assert(
          copy,
          sql('SELECT text FROM private.letters', 'dear'),
          sql('SELECT count(*) FROM orders', '1000'),
          sql('SELECT count(*) FROM belay.marks', '1'),
          sql('SHOW transaction_read_only', 'on'),
          sql('SHOW statement_timeout', '4min'),
          sql('SELECT rolsuper FROM pg_roles WHERE rolname = current_user', 'f'),
        );
        expect(held.filter(({ passed }) => !passed)).toEqual([]);
        const refused = await world.assert(
          copy,
          sql(program, 'COPY 1'),
          sql(`SET ROLE postgres; ${program}`),
          sql(`SET SESSION AUTHORIZATION postgres; ${program}`),
          sql(`RESET ROLE; COMMIT; SET transaction_read_only = off; ${program}`),
          sql(`SELECT pg_read_file('/etc/passwd')`),
          sql('INSERT INTO orders DEFAULT VALUES'),
          sql('SET default_transaction_read_only = off; COMMIT; DELETE FROM orders'),
          {
            ...{ kind: 'heartbeat', database: 'postgres', atMs: Date.now(), withinMs: 60_000 },
            query: `SELECT now()) AS one(newest); ${program}; SELECT now() FROM (SELECT now()`,
          },
        );
        expect(refused.filter(({ passed }) => passed)).toEqual([]);
        for (const { seen } of refused) expect(seen).toMatch(/permission denied|must be|read-only/);
      });
      expect(existsSync(sign)).toBe(false);
      await world.remove(copy);
    });

    test('on a host that has no cluster of its own, with the programs of the version of the set', async () => {
      const { programs: _ofTests, ...settings } = world.settings;
      const elsewhere = { ...settings, dataFolder: '/nowhere/main', socketFolder: '/nowhere' };
      const here = world.provider;
      world.provider = createPgBackRest({ tools: world.tools, clusters: [elsewhere] });
      try {
        const { copy } = await world.restore(incremental.label, { kind: 'set' });
        await world.asking(copy, async ({ state, detail }) => {
          expect(state, detail).toBe('promoted');
          const mark = { kind: 'mark', nonce: 'increment', expect: 'present' } as const;
          expect(await world.assert(copy, mark)).toMatchObject([{ passed: true }]);
        });
        await world.remove(copy);
      } finally {
        world.provider = here;
      }
    });

    test('beyond what was archived, fails with the words of PostgreSQL and is never promoted', async () => {
      const { copy } = await world.restore(full.label, { kind: 'time', atMs: Date.now() });
      await world.asking(copy, async (state) => {
        expect(state).toMatchObject({
          state: 'failed',
          detail: expect.stringContaining(
            'recovery ended before configured recovery target',
          ) as unknown,
        });
      });
      await world.remove(copy);
    });

    test('a target that the set cannot reach is refused before anything is written', async () => {
      const refused = async (target: Parameters<BackupWorld['restore']>[1], label = full.label) =>
        world.restore(label, target).then(
          () => 'restored',
          (error: unknown) => String(error),
        );
      const { stoppedAtMs, wal } = full;
      expect(await refused({ kind: 'time', atMs: full.startedAtMs })).toContain('earlier set');
      // Up to a second later PostgreSQL would promote what it has, and say nothing.
      expect(await refused({ kind: 'time', atMs: stoppedAtMs + 900 })).toContain('earlier set');
      expect(await refused({ kind: 'time', atMs: Date.now() + 60_000 })).toContain('in the future');
      expect(await refused({ kind: 'lsn', lsn: wal!.start.lsn })).toContain('earlier set');
      expect(await refused({ kind: 'lsn', lsn: 'F/0' })).toContain('without a gap');
      expect(await refused({ kind: 'set' }, '20200101-000000F')).toContain('not in the repository');
      expect(await readdir(world.scratch)).toEqual([]);
    });

    test('a tablespace made after the set would be written to by the log: refused, and mapped in later sets', async () => {
      const { cluster } = world;
      const place = join(cluster.folder, 'fast');
      await mkdir(place);
      await giveToUnprivileged(place);
      await cluster.sql(`CREATE TABLESPACE fast LOCATION '${place}'`);
      await cluster.sql(
        'CREATE TABLE quick TABLESPACE fast AS SELECT generate_series(1, 10) AS id',
      );
      const later = await world.makeSet('differential');
      const before = await readdir(place, { recursive: true });
      await expect(world.restore(full.label, { kind: 'latest' })).rejects.toThrow(
        `was made after ${full.label}: replaying the log would write to ${place}`,
      );
      const { copy, folder } = await world.restore(later.label, { kind: 'latest' });
      await world.asking(copy, async ({ state }) => {
        expect(state).toBe('promoted');
        const query =
          "SELECT count(*), max(pg_tablespace_location(oid)) FROM quick, pg_tablespace WHERE spcname = 'fast'";
        const [asked] = await world.assert(copy, {
          ...{ kind: 'sql', name: 'quick', database: 'postgres', query },
          expect: `10|${join(folder, '../tablespaces')}`,
        });
        expect(asked?.seen).toMatch(`10|${join(folder, '../tablespaces')}`);
      });
      await world.remove(copy);
      expect(await readdir(place, { recursive: true })).toEqual(before);
      await cluster.sql('DROP TABLE quick');
      await cluster.sql('DROP TABLESPACE fast');
    });
  });

  test('over the source: refused while it runs, and then it serves again and archives', async () => {
    const { cluster } = world;
    const last = await world.makeSet();
    await cluster.sql('DROP TABLE orders');
    await expect(world.restore(last.label, { kind: 'set' }, { into: 'place' })).rejects.toThrow(
      'stop it first',
    );
    await cluster.stopServer();
    await world.restore(last.label, { kind: 'set' }, { into: 'place' });
    await cluster.startServer();
    await eventually(async () => {
      const [row] = await cluster.sql<{ it: boolean }>('SELECT pg_is_in_recovery() AS it');
      if (row?.it !== false) throw new Error('still in recovery');
    });
    expect(await cluster.sql('SELECT count(*) > 0 AS it FROM orders')).toEqual([{ it: true }]);
    const mark = await world.mark('restored');
    expect(mark.at.timeline).toBe(2);
    await world.archived(mark.at.segment);
  });
});
