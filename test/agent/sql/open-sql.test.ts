/** Statements of playbooks by an agent's parts, in a real PostgreSQL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sqlServer } from '../../../src/adapters/postgres/statements/sql-server.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { createOnce } from '../../../src/agent/acts/once.ts';
import { openSql } from '../../../src/agent/sql/open-sql.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { SqlServer } from '../../../src/contracts/recovery/sql-host.ts';
import type { SqlSettings } from '../../../src/specs/kernel/clusters.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { password, TestPostgres } from '../../fixtures/postgres.ts';

const secret = 'correct horse battery';
const postgres = await TestPostgres.start();
process.env['BELAY_TEST_SQL_PASSWORD'] = secret;
process.env['BELAY_TEST_SUPERUSER_PASSWORD'] = password;
let stateFolder: string;

beforeAll(async () => {
  if (postgres === undefined) return;
  await postgres.newDatabase('shop');
  for (const statement of [
    `CREATE ROLE playbooks LOGIN PASSWORD '${secret}'`,
    'CREATE TABLE orders (id int PRIMARY KEY, state text, total numeric)',
    "INSERT INTO orders SELECT n, 'open', n FROM generate_series(1, 500) n",
    'GRANT SELECT, UPDATE ON orders TO playbooks',
    // A function of this name comes first for whoever does not say pg_catalog.
    'ALTER ROLE playbooks IN DATABASE shop SET search_path = public, pg_catalog',
    'CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean LANGUAGE sql RETURN true',
    `CREATE FUNCTION set_all() RETURNS int LANGUAGE sql AS $$ UPDATE orders SET state = 'x' RETURNING 1 $$`,
  ]) {
    await postgres.run(statement, 'shop');
  }
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'belay-acts-'));
});
afterEach(() => rm(stateFolder, { recursive: true, force: true }));

const settings: SqlSettings = {
  ...{ user: 'playbooks', databases: ['shop'], changes: true, superuser: false },
  secrets: { PGPASSWORD: { env: 'BELAY_TEST_SQL_PASSWORD' } },
};

function open(more: Partial<SqlSettings> = {}, server: SqlServer = sqlServer) {
  const { socketFolder = '', port = 0 } = postgres ?? {};
  const cluster = {
    ...{ name: 'main', dataFolder: '/data', socketFolder, port, failover: false },
    ...{ user: 'postgres', database: 'postgres', sql: { ...settings, ...more } },
  };
  const once = createOnce(new ActStore(stateFolder));
  return openSql({ ...{ agent: 'db-1', clusters: [cluster], once, server } });
}

const call = (statement: string, parameters: (string | number)[] = []) => ({
  ...{ contract: 1, agent: 'db-1', cluster: 'main', timeoutMs: 5_000 },
  ...{ statement, parameters },
});
const act = (step: number, statement: string, parameters: (string | number)[] = []) => ({
  ...{ ...call(statement, parameters), about: 'close', least: 0, most: 10 },
  act: { runRef: 'prod/outage/1', step },
});
const stateOf = async (id: number) =>
  postgres?.run(`SELECT state FROM orders WHERE id = ${id}`, 'shop');
const update = 'UPDATE orders SET state = $2 WHERE id = $1 RETURNING id, state';

describe.skipIf(postgres === undefined)('statements of playbooks', () => {
  it('answer with numbers as numbers, and say where there is more than they show', async () => {
    const query = 'SELECT id, total, state FROM orders WHERE id > $1 ORDER BY id';
    const { rows, ...rest } = await open().querySql(call(query, [450]), unattended);
    expect(rows[0]).toEqual({ id: 451, total: 451, state: 'open' });
    expect(rest).toEqual({ count: 50, isCut: false });
    const all = await open().querySql(call(query, [0]), unattended);
    expect([all.rows.length, all.count, all.isCut]).toEqual([100, 500, true]);
  });

  it('bind their parameters, whatever these say', async () => {
    const evil = "x'; DROP TABLE orders; --";
    const { rows } = await open().querySql(call('SELECT $1::text AS said', [evil]), unattended);
    expect(rows).toEqual([{ said: evil }]);
    const several = open().querySql(call('SELECT 1; DROP TABLE orders'), unattended);
    await expect(several).rejects.toMatchObject({ code: 'refused' });
  });

  it('of a probe change nothing, not even by a function', async () => {
    for (const statement of ['SELECT set_all()', "UPDATE orders SET state = 'x'"]) {
      await expect(open().querySql(call(statement), unattended)).rejects.toThrow(
        'read-only transaction',
      );
    }
    expect(await stateOf(1)).toEqual([{ state: 'open' }]);
  });

  it('are carried out once for each act, also where the agent dies right after the commit', async () => {
    const dying: SqlServer = {
      ...sqlServer,
      execute: async (...args) => {
        await sqlServer.execute(...args);
        throw new Error('killed');
      },
    };
    const raise = act(1, 'UPDATE orders SET total = total + 1 WHERE id = $1 RETURNING total', [2]);
    await expect(open({}, dying).executeSql(raise, unattended)).rejects.toThrow('killed');
    expect(await open().executeSql(raise, unattended)).toMatchObject({ rows: [{ total: 3 }] });
    expect(await open().executeSql(raise, unattended)).toMatchObject({ rows: [{ total: 3 }] });
    expect(await postgres?.run('SELECT total FROM orders WHERE id = 2', 'shop')).toEqual([
      { total: '3' },
    ]);
  });

  it('are carried out again where the agent died right before the commit', async () => {
    const dying: SqlServer = {
      ...sqlServer,
      execute: (place, wanted, { beforeCommit, cancelled }) =>
        sqlServer.execute(place, wanted, {
          cancelled,
          beforeCommit: async (...args) => {
            await beforeCommit(...args);
            throw new Error('killed');
          },
        }),
    };
    const close = act(1, update, [3, 'closed']);
    await expect(open({}, dying).executeSql(close, unattended)).rejects.toThrow('killed');
    expect(await stateOf(3)).toEqual([{ state: 'open' }]);
    await open().executeSql(close, unattended);
    expect(await stateOf(3)).toEqual([{ state: 'closed' }]);
  });

  it('are rolled back where they change more rows than they may, or fewer than they have to', async () => {
    const all = act(1, "UPDATE orders SET state = 'closed' WHERE id > 100");
    await expect(open().executeSql(all, unattended)).rejects.toThrow(
      '400 rows were changed or returned, where at least 0 and at most 10 were expected: the transaction was rolled back',
    );
    const none = { ...act(2, "UPDATE orders SET state = 'closed' WHERE id < 0"), least: 1 };
    await expect(open().executeSql(none, unattended)).rejects.toThrow('0 rows were changed');
    expect(await stateOf(200)).toEqual([{ state: 'open' }]);
  });

  it('of a step that was undone do not come late', async () => {
    await open().executeSql(act(2, update, [4, 'undone']), unattended);
    await expect(open().executeSql(act(1, update, [4, 'late']), unattended)).rejects.toMatchObject({
      code: 'stale-fence',
    });
    const beside = { ...act(1, update, [5, 'beside']), about: 'another step' };
    expect(await open().executeSql(beside, unattended)).toMatchObject({ count: 1 });
  });

  it('are refused to a superuser, and where the settings only let them read', async () => {
    const admin = {
      user: 'belay',
      secrets: { PGPASSWORD: { env: 'BELAY_TEST_SUPERUSER_PASSWORD' } },
    };
    await expect(open(admin).querySql(call('SELECT 1'), unattended)).rejects.toThrow(
      'belay may become belay: give clusters.main.sql a role that is no superuser',
    );
    const allowed = open({ ...admin, superuser: true }).querySql(
      call('SELECT 1 AS one'),
      unattended,
    );
    expect((await allowed).rows).toEqual([{ one: 1 }]);
    await expect(open({ changes: false }).executeSql(act(1, update), unattended)).rejects.toThrow(
      'agent db-1 only reads cluster main: set clusters.main.sql.changes to true in its settings',
    );
  });

  it('are refused to a role that could grant itself the account of PostgreSQL, before version 16', async ({
    skip,
  }) => {
    const [{ isOld }] = (await postgres?.run(
      `SELECT current_setting('server_version_num')::int < 160000 AS "isOld"`,
    )) as [{ isOld: boolean }];
    skip(!isOld);
    await postgres?.run('CREATE ROLE granting CREATEROLE; GRANT granting TO playbooks', 'shop');
    const grant =
      'DO $$ BEGIN SET LOCAL ROLE granting; GRANT pg_execute_server_program TO playbooks; END $$';
    try {
      const why = 'playbooks may become granting (CREATEROLE): give clusters.main.sql a role that';
      await expect(open().executeSql(act(1, grant), unattended)).rejects.toThrow(why);
      await expect(open().querySql(call('SELECT 1'), unattended)).rejects.toThrow(why);
    } finally {
      await postgres?.run('REVOKE pg_execute_server_program FROM playbooks; DROP ROLE granting');
    }
  });

  it('say what the settings have, where another database or cluster is named', async () => {
    await expect(
      open().querySql({ ...call('SELECT 1'), database: 'postgres' }, unattended),
    ).rejects.toThrow('carries no statements out in database "postgres" of main');
    await expect(
      open().querySql({ ...call('SELECT 1'), cluster: 'mian' }, unattended),
    ).rejects.toThrow('agent db-1 has no cluster "mian" for statements; did you mean "main"?');
    const several = open({ databases: ['shop', 'postgres'] });
    await expect(several.querySql(call('SELECT 1'), unattended)).rejects.toThrow(
      'write database: one of shop, postgres',
    );
  });

  it('show no secret, in an answer or an error', async () => {
    const asked = await open().querySql(call('SELECT $1::text AS said', [secret]), unattended);
    expect(asked.rows).toEqual([{ said: '[redacted PGPASSWORD]' }]);
    const failed = open().querySql(call('SELECT $1::text::int', [secret]), unattended);
    await expect(failed).rejects.toThrow('[redacted PGPASSWORD]');
  });

  it('are examined without an effect: their tables, their role, and who may change something', async () => {
    const examine = (statement: string, changes = true) =>
      open().examineSql({ ...call(statement), changes }, unattended);
    expect(await examine(update)).toMatchObject({ problems: [] });
    expect((await examine('SELECT 1', false)).detail).toMatch(
      /^PostgreSQL 1\d.*shop as playbooks$/,
    );
    await expect(examine('SELECT * FROM order')).rejects.toThrow('syntax error');
    await expect(examine('SELECT nothing FROM orders')).rejects.toThrow('"nothing" does not exist');
    await expect(
      open({ changes: false }).examineSql({ ...call(update), changes: true }, unattended),
    ).rejects.toThrow('only reads');
  });

  it('end with their time, and when nobody wants them any more', async () => {
    const slow = { ...call('SELECT pg_sleep(60)'), timeoutMs: 300 };
    await expect(open().querySql(slow, unattended)).rejects.toThrow('longer than its timeout');
    const cancelling = new AbortController();
    const attempt = { ...unattended, cancelled: cancelling.signal };
    const sleeping = open().executeSql(act(1, 'SELECT pg_sleep(60)'), attempt);
    const active = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active' AND pid <> pg_backend_pid()`;
    await eventually(async () => {
      expect(await postgres?.run(active)).toHaveLength(1);
    });
    cancelling.abort();
    await expect(sleeping).rejects.toThrow('was cancelled');
    expect(await postgres?.run(active)).toEqual([]);
  });

  it('are not read to their end where the answer is enormous', async () => {
    const enormous = call("SELECT repeat('x', 1000000) FROM generate_series(1, 40)");
    await expect(open().querySql(enormous, unattended)).rejects.toThrow('more than 16 MiB');
  });
});
