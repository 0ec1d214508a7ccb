import { Client } from 'pg';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { SearchProvider } from '../../../src/contracts/backups/provider.ts';
import type { Check, CheckAnswer, History } from '../../../src/contracts/backups/search.ts';
import type { CopyState, StopPoint } from '../../../src/contracts/backups/store.ts';
import type { BackupPrograms } from '../../../scripts/archived-postgres/find-programs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';

/** Orders of a shop since a set, and one transaction among them that has lost many. */
export class SearchedWorld {
  readonly check: Check = {
    ...{ database: 'shop', expect: '0' },
    query: "SELECT count(*) FROM orders WHERE state = 'lost'",
  };
  readonly world: BackupWorld;
  readonly full: BackupSet;
  /** The transaction that has lost them. */
  readonly bad: string;

  private constructor(world: BackupWorld, { full, bad }: { full: BackupSet; bad: string }) {
    this.world = world;
    this.full = full;
    this.bad = bad;
  }

  static async open(programs: BackupPrograms): Promise<SearchedWorld> {
    const world = await BackupWorld.open(programs);
    await world.cluster.sql('CREATE ROLE shop LOGIN; CREATE ROLE boss LOGIN SUPERUSER');
    await world.cluster.sql('CREATE DATABASE shop OWNER shop');
    await world.cluster.sql(
      `CREATE TABLE orders (id serial PRIMARY KEY, state text NOT NULL DEFAULT 'new');
      ALTER TABLE orders OWNER TO shop; CREATE TABLE visits (id serial PRIMARY KEY);
      INSERT INTO orders SELECT FROM generate_series(1, 200)`,
      { database: 'shop' },
    );
    const full = await world.makeSet('full');
    const bad = await writeOrders(world);
    const searched = new SearchedWorld(world, { full, bad });
    await searched.archived();
    return searched;
  }

  get search(): SearchProvider {
    const { search } = this.world.provider;
    if (search === undefined) throw new Error('its log cannot be searched');
    return search;
  }

  sql(statement: string) {
    return this.world.cluster.sql(statement, { database: 'shop' });
  }

  async archived(): Promise<void> {
    const { world } = this;
    const end = await this.search.endLog({ ...world.call, act: world.nextAct() }, world.attempt());
    await world.archived(end.segment);
  }

  history(copy: string, table?: string): Promise<History> {
    const wanted = {
      ...{ ...this.world.about(copy), repository: 'main' },
      ...(table !== undefined && { table: { database: 'shop', name: table } }),
    };
    return this.search.readHistory(wanted, this.world.attempt());
  }

  ask(copy: string, more: Partial<Check> = {}): Promise<CheckAnswer> {
    const check = { ...this.check, ...more };
    return this.search.askCheck({ ...this.world.about(copy), check }, this.world.attempt());
  }

  /** What a copy answers once it waits there. */
  async probe(
    copy: string,
    until: StopPoint,
    asked: Partial<Check> = {},
  ): Promise<[CopyState, CheckAnswer?]> {
    const { world } = this;
    const stop = new AbortController();
    const run = { ...world.about(copy), act: world.nextAct(), forMs: 60_000, until };
    const ended = world.provider.runCopy(run, world.attempt(stop.signal)).catch(() => undefined);
    try {
      const inspected = { ...world.about(copy), withinMs: 60_000, server: run.act };
      const state = await world.provider.inspectCopy(inspected, world.attempt());
      return state.state === 'paused' ? [state, await this.ask(copy, asked)] : [state];
    } finally {
      stop.abort();
      await ended;
    }
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

async function writeOrders({ cluster }: BackupWorld): Promise<string> {
  const client = new Client({
    ...{ host: cluster.socketFolder, port: cluster.port, database: 'shop', user: 'postgres' },
  });
  client.on('error', () => undefined);
  await client.connect();
  let bad = '';
  for (let each = 1; each <= 60; each++) {
    await client.query('INSERT INTO orders DEFAULT VALUES');
    await client.query(`UPDATE orders SET state = 'sent' WHERE id = ${each}`);
    await client.query('INSERT INTO visits DEFAULT VALUES');
    if (each !== 30) continue;
    const { rows } = await client.query<{ xid: string }>(
      `WITH done AS (UPDATE orders SET state = 'lost' RETURNING 1)
       SELECT pg_current_xact_id()::text AS xid, count(*) FROM done`,
    );
    bad = rows[0]?.xid ?? '';
  }
  await client.query('CREATE TABLE later (id int)');
  await client.end();
  return bad;
}
