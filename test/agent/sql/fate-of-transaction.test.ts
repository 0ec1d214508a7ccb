/** What became of the transaction of an act, asked of a real PostgreSQL that crashed or was promoted. */
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
import { eventually } from '../../fixtures/eventually.ts';
import { TestPostgres } from '../../fixtures/postgres.ts';

const secret = 'correct horse battery';
const postgres = await TestPostgres.start();
process.env['BELAY_TEST_FATE_PASSWORD'] = secret;
let stateFolder: string;

beforeAll(async () => {
  if (postgres === undefined) return;
  await postgres.newDatabase('shop');
  for (const statement of [
    `CREATE ROLE playbooks LOGIN PASSWORD '${secret}'`,
    'CREATE TABLE orders (id int PRIMARY KEY, state text)',
    "INSERT INTO orders SELECT n, 'open' FROM generate_series(1, 9) n",
    'CREATE TABLE others (id bigint)',
    'GRANT SELECT, UPDATE ON orders TO playbooks',
    // Functions of these names come first for whoever does not say pg_catalog.
    'ALTER ROLE playbooks IN DATABASE shop SET search_path = public, pg_catalog',
    'CREATE FUNCTION public.pg_current_xact_id() RETURNS xid8 LANGUAGE sql AS $$ SELECT $n$3$n$::xid8 $$',
    // The server commits without a flush.
    'CHECKPOINT',
  ]) {
    await postgres.run(statement, 'shop');
  }
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'belay-acts-'));
});
afterEach(() => rm(stateFolder, { recursive: true, force: true }));

function open(server: SqlServer = sqlServer) {
  const { socketFolder = '', port = 0 } = postgres ?? {};
  const sql = {
    ...{ user: 'playbooks', databases: ['shop'], changes: true, superuser: false },
    secrets: { PGPASSWORD: { env: 'BELAY_TEST_FATE_PASSWORD' } },
  };
  const cluster = {
    ...{ name: 'main', dataFolder: '/data', socketFolder, port, failover: false },
    ...{ user: 'postgres', database: 'postgres', sql },
  };
  const once = createOnce(new ActStore(stateFolder));
  return openSql({ agent: 'db-1', clusters: [cluster], once, server });
}

/** What happens once the transaction is written down, right before its commit. */
function endingBeforeCommit(end: () => Promise<unknown>): SqlServer {
  return {
    ...sqlServer,
    execute: (place, wanted, { beforeCommit, cancelled }) =>
      sqlServer.execute(place, wanted, {
        cancelled,
        beforeCommit: async (...args) => {
          await beforeCommit(...args);
          await end();
          throw new Error('killed');
        },
      }),
  };
}

const endingAfterCommit: SqlServer = {
  ...sqlServer,
  execute: async (...args) => {
    await sqlServer.execute(...args);
    throw new Error('killed');
  },
};

const close = (id: number) => ({
  ...{ contract: 1, agent: 'db-1', cluster: 'main', timeoutMs: 5_000, about: `close ${id}` },
  statement: 'UPDATE orders SET state = $2 WHERE id = $1',
  ...{ parameters: [id, 'closed'], least: 1, most: 1, act: { runRef: 'prod/outage/1', step: id } },
});
const stateOf = async (id: number) =>
  postgres?.run(`SELECT state FROM orders WHERE id = ${id}`, 'shop');

describe.skipIf(postgres === undefined)('the transaction of an act', () => {
  it('asked about is its own, whatever functions the role finds first', async () => {
    await expect(
      open(endingBeforeCommit(async () => undefined)).executeSql(close(1), unattended),
    ).rejects.toThrow('killed');
    await open().executeSql(close(1), unattended);
    expect(await stateOf(1)).toEqual([{ state: 'closed' }]);
  });

  it('keeps its number where the server crashes before the commit', async () => {
    const crash = async () => {
      await postgres?.crash();
      await postgres?.up();
    };
    await expect(
      open(endingBeforeCommit(crash)).executeSql(close(2), unattended),
    ).rejects.toThrow();
    for (let taken = 0; taken < 10; taken += 1) {
      await postgres?.run('INSERT INTO others SELECT pg_catalog.txid_current()', 'shop');
    }
    await open().executeSql(close(2), unattended);
    expect(await stateOf(2)).toEqual([{ state: 'closed' }]);
  });

  it('is not lost by a crash once it was answered, where the server commits without a flush', async () => {
    await open().executeSql(close(3), unattended);
    await postgres?.crash();
    await postgres?.up();
    expect(await stateOf(3)).toEqual([{ state: 'closed' }]);
  });

  it('is not ended by its statement', async () => {
    const ending = { ...close(4), statement: 'ROLLBACK', parameters: [], least: 0 };
    await expect(open().executeSql(ending, unattended)).rejects.toThrow(
      'the statement ended its transaction',
    );
  });

  it('is for a person to decide, where the server is a standby, or was promoted since', async () => {
    for (const id of [5, 6]) {
      await expect(open(endingAfterCommit).executeSql(close(id), unattended)).rejects.toThrow(
        'killed',
      );
    }
    await postgres?.becomeStandby();
    await expect(open().executeSql(close(5), unattended)).rejects.toMatchObject({ code: 'lost' });
    await postgres?.run('SELECT pg_promote()');
    await eventually(async () => {
      expect(await postgres?.run('SELECT pg_is_in_recovery() AS standby')).toEqual([
        { standby: false },
      ]);
    });
    await expect(open().executeSql(close(6), unattended)).rejects.toMatchObject({ code: 'lost' });
  });
});
