import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { ArchivedCluster } from '../../scripts/archived-postgres/archived-cluster.ts';
import { findPgBouncer, Pooler } from '../../scripts/archived-postgres/pooler.ts';
import type { BackupDetails } from '../../src/contracts/backups/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine } from './one-machine.ts';

type Report = RunReport<BackupDetails>;

const programs = await requireBackupPrograms('a recovery of a real PostgreSQL in time');
const pgbouncer = await findPgBouncer();
const run = 'point-in-time-recovery/demo/shop';
const inputs = ['environment=demo', 'agent=local'].flatMap((input) => ['-i', input]);
const example = new URL('../../examples/playbooks/data-corruption.yaml', import.meta.url);

let machine: OneMachine;
let cluster: ArchivedCluster;
let copies: string;
let recoverFile: string;
let playbook: string[];
let pausing: { planFile: string; recoverFile: string };
let pooler: Pooler | undefined;

const sql = <Row>(statement: string) => cluster.sql<Row>(statement, { database: 'shop' });

beforeAll(async () => {
  if (programs === undefined) return;
  // What it commits by itself would be counted among the transactions that are lost.
  const settings = ['autovacuum = off', "listen_addresses = '127.0.0.1'"];
  cluster = await ArchivedCluster.start(programs, { settings });
  await cluster.sql('CREATE ROLE shop LOGIN');
  await cluster.sql('CREATE DATABASE shop OWNER shop');
  await sql(`CREATE TABLE orders (id int PRIMARY KEY, customer text);
    ALTER TABLE orders OWNER TO shop`);
  machine = await OneMachine.start();
  copies = await mkdtemp(join(tmpdir(), 'belay-copies-'));
  await chmod(copies, 0o711);
  const server = { host: '127.0.0.1', port: cluster.port };
  pooler =
    pgbouncer === undefined
      ? undefined
      : await Pooler.start({
          ...{ program: pgbouncer, folder: join(cluster.folder, 'pooler') },
          ...{ server, database: 'shop' },
        });
  const settingsFile = join(machine.folder, 'home/agent/agent.yaml');
  const written = parse(await readFile(settingsFile, 'utf8')) as Record<string, object>;
  const sqlSettings = { user: 'shop', databases: ['shop'] };
  written['clusters'] = { main: { ...(cluster.settings() as object), sql: sqlSettings } };
  written['backups'] = { scratch: { folder: copies } };
  if (pooler) written['routers'] = { shop: pooler.settings([server]) };
  await writeFile(settingsFile, stringify(written));
  await machine.belay(['down']);
  await machine.belay(['up', '--detach']);
  const planFile = join(machine.folder, 'plan.yaml');
  recoverFile = join(machine.folder, 'recover.yaml');
  await writeFile(
    planFile,
    stringify({
      ...{ kind: 'backup', environment: 'demo', backup: 'shop', agent: 'local' },
      components: { database: { postgres: { cluster: 'main' }, repositories: ['main'] } },
    }),
  );
  pausing = { planFile, recoverFile: join(machine.folder, 'recover-paused.yaml') };
  const recovery = {
    ...{ kind: 'pointInTimeRecovery', environment: 'demo', database: 'shop', backup: 'shop' },
    ...{ agent: 'local', cluster: 'main', repositories: ['main'], table: 'public.orders' },
    check: {
      ...{ database: 'shop', expect: '0' },
      query: 'SELECT count(*) FROM orders WHERE customer IS NULL',
    },
    then: 'swap',
  };
  await writeFile(recoverFile, stringify({ ...recovery, stopWrites: 'readOnly' }));
  const pause = { agent: 'local', router: 'shop' };
  await writeFile(pausing.recoverFile, stringify({ ...recovery, stopWrites: 'pause', pause }));
  // As it is shipped, with rows exported that were written since.
  const playbookFile = join(machine.folder, 'data-corruption.yaml');
  const shipped = await readFile(example, 'utf8');
  const exporting = shipped.replace(
    /^( +)then: swap$/m,
    '$&\n$1export: { tables: [public.orders] }',
  );
  expect(exporting).not.toBe(shipped);
  await writeFile(playbookFile, exporting);
  playbook = ['playbook', 'run', '-f', playbookFile, ...inputs];
  const made = await machine.belay(['backup', 'run', '-f', planFile, '--watch']);
  expect(made.stdout).toContain('Complete');
}, 300_000);

afterAll(async () => {
  if (programs === undefined) return;
  await machine.stop();
  await pooler?.down();
  await cluster.close();
  await rm(copies, { recursive: true, force: true });
});

describe.skipIf(programs === undefined)('a database that a transaction made bad', () => {
  it('is found exactly by the playbook under a writing client, and goes back to just before it', async () => {
    const acknowledged: number[] = [];
    const writer = { isOver: false };
    const writing = (async () => {
      for (let next = 1; !writer.isOver; next++) {
        const written = await sql(`INSERT INTO orders VALUES (${next}, 'ana')`).catch(() => null);
        if (written) acknowledged.push(next);
        else await sleep(20);
      }
    })();
    const upTo = (count: number) =>
      eventually(async () => expect(acknowledged.length).toBeGreaterThanOrEqual(count), 60_000);
    await upTo(200);
    const [bad] = await sql<{ xid: string; before: number }>(
      `WITH lost AS (UPDATE orders SET customer = NULL RETURNING id)
       SELECT pg_current_xact_id()::text AS xid, count(*)::int AS before FROM lost`,
    );
    const { xid, before } = bad!;
    await upTo(before + 60);

    const dry = await machine.belay(['database', 'recover', '-f', recoverFile, '--dry-run']);
    expect(dry.stdout).toContain('would be searched from its end on');
    const started = await machine.belay(playbook);
    expect(started.exitCode, started.stdout + started.stderr).toBe(0);
    await machine.until(run, 'awaiting-approval');
    await expect(sql('INSERT INTO orders VALUES (0)')).rejects.toThrow('read-only transaction');
    await eventually(async () => {
      const { stdout, stderr } = await machine.belay(['status', run]);
      expect(stdout, stderr).toContain(`before transaction ${xid}`);
    }, 60_000);
    await machine.belay(['approve', run]);
    const report = await eventually(() => machine.json<Report>(['report', run]), 240_000);
    const { outcome, reason, details } = report;
    expect(outcome, reason).toBe('Recovered');
    expect(details.search).toMatchObject({
      ...{ probes: 2, copies: 1, firstBad: { xid, records: before } },
    });
    writer.isOver = true;
    await writing;
    const played = () => machine.json<Report>(['report', 'playbook/prod/data-corruption']);
    const { outcome: ending, steps: taken = [] } = await eventually(played, 120_000);
    expect(ending).toBe('Complete');
    expect(taken.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      ...['good: failed', 'step2: done', 'recover: done', 'right: done'],
      ...['serves: skipped', 'step6: done'],
    ]);

    const rows = await sql<{ id: number }>('SELECT id FROM orders WHERE customer IS NOT NULL');
    const ids = new Set(rows.map(({ id }) => id));
    // All that was acknowledged before the bad transaction is there.
    expect(acknowledged.slice(0, before).filter((id) => !ids.has(id))).toEqual([]);
    expect(await sql('SELECT id FROM orders WHERE customer IS NULL')).toEqual([]);
    // What came after it is lost, as was approved, until the writer could write again.
    const lost = acknowledged.slice(before).filter((id) => !ids.has(id));
    const unacknowledged = (details.search?.loss?.transactions ?? 0) - lost.length - 1;
    expect([0, 1]).toContain(unacknowledged);
    const left = (await readdir(cluster.folder)).filter((name) => name.includes('.belay-'));
    expect(left).toEqual([expect.stringMatching(/^data\.belay-replaced-until-/)]);
    const again = await machine.belay([...playbook, '--watch']);
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    const nothing = await machine.json<Report>(['report', 'playbook/prod/data-corruption']);
    expect(nothing.reason).toBe('1 steps are done, 5 skipped');
    const kept = (await readdir(copies)).filter((name) => !name.endsWith('.json'));
    expect(kept).toEqual(['exports']);
    // All rows that the bad transaction changed, and those that came after it.
    const { folder, tables } = details.search!.exported!;
    expect(tables).toMatchObject([{ table: 'public.orders', file: 'public.orders.csv' }]);
    const csv = await readFile(join(folder, 'public.orders.csv'), 'utf8');
    const exported = new Set(csv.split('\n').map((line) => Number(line.split(',')[0])));
    expect(lost.filter((id) => !exported.has(id))).toEqual([]);
    expect(tables[0]?.rows).toBe(csv.split('\n').length - 2);
    expect(tables[0]?.rows).toBeGreaterThanOrEqual(before + lost.length);
  }, 400_000);

  it.skipIf(pgbouncer === undefined)(
    'is brought back while clients of a PgBouncer wait: no statement of theirs fails',
    async () => {
      const { planFile, recoverFile: pausedFile } = pausing;
      const made = await machine.belay(['backup', 'run', '-f', planFile, '--watch']);
      expect(made.stdout).toContain('Complete');
      const acknowledged: number[] = [];
      const failed: string[] = [];
      const first = 1_000_000;
      const writer = { isOver: false };
      const writing = (async () => {
        const client = await pooler!.connect();
        for (let next = first; !writer.isOver; next++) {
          await client.query(`INSERT INTO orders VALUES (${next}, 'bo')`).then(
            () => acknowledged.push(next),
            async (error: unknown) => {
              failed.push(String(error));
              await sleep(20);
            },
          );
        }
        await client.end();
      })();
      onTestFinished(async () => {
        writer.isOver = true;
        await writing;
      });
      const upTo = (count: number) =>
        eventually(async () => expect(acknowledged.length).toBeGreaterThanOrEqual(count), 60_000);
      await upTo(100);
      const [bad] = await sql<{ xid: string }>(
        `WITH lost AS (UPDATE orders SET customer = NULL RETURNING id)
         SELECT pg_current_xact_id()::text AS xid, count(*) FROM lost`,
      );
      const before = acknowledged.length;
      await upTo(before + 20);
      const startedAtMs = Date.now();
      const started = await machine.belay(['database', 'recover', '-f', pausedFile]);
      expect(started.exitCode, started.stdout + started.stderr).toBe(0);
      const { now } = await machine.until(run, 'awaiting-approval');
      expect(now).toContain('do not go through shop, or once its clients go on at');
      expect((await pooler!.ask('SHOW DATABASES')).map(({ paused }) => paused)).toContain(1);
      const waiting = acknowledged.length;
      await machine.belay(['approve', run]);
      const report = await eventually(async () => {
        const found = await machine.json<Report>(['report', run]);
        expect(found.startedAtMs).toBeGreaterThanOrEqual(startedAtMs);
        return found;
      }, 240_000);
      expect(report.outcome, report.reason).toBe('Recovered');
      expect(report.details.search?.firstBad?.xid).toBe(bad!.xid);
      // It waited for its answer, and then went on writing.
      await upTo(waiting + 20);
      writer.isOver = true;
      await writing;
      expect(failed).toEqual([]);
      expect(await sql('SELECT id FROM orders WHERE customer IS NULL')).toEqual([]);
      const rows = await sql<{ id: number }>(`SELECT id FROM orders WHERE id >= ${first}`);
      const ids = new Set(rows.map(({ id }) => id));
      const lost = acknowledged.filter((id) => !ids.has(id));
      const unacknowledged = (report.details.search?.loss?.transactions ?? 0) - lost.length - 1;
      expect([0, 1]).toContain(unacknowledged);
    },
    400_000,
  );
});
