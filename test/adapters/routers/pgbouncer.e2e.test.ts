import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPgBouncer, Pooler } from '../../../scripts/archived-postgres/pooler.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { createOnce } from '../../../src/agent/acts/once.ts';
import { openRouters } from '../../../src/agent/routers/open-routers.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { RouteHost } from '../../../src/contracts/recovery/route-host.ts';
import type { RouteTarget } from '../../../src/contracts/recovery/routes.ts';
import type { RouterSettings } from '../../../src/specs/kernel/routers.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import { stringify } from 'yaml';
import { routersOf } from './routers-of.ts';
import type { DoomedPause } from './doomed-pause.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../../scripts/archived-postgres/replicated-database.ts';

const programs = await requireBackupPrograms('leading clients through PgBouncer');
const pgbouncer = await findPgBouncer();
if (pgbouncer === undefined)
  console.warn('skipped: PgBouncer is not installed (Debian: pgbouncer)');
const isSkipped = programs === undefined || pgbouncer === undefined;

let database: ReplicatedDatabase;
let pooler: Pooler;
let routes: RouteHost;
let routers: readonly RouterSettings[];
let stateFolder: string;
let first: ReplicatedNode;
let second: ReplicatedNode;
let step = 10;

const call = { contract: 1, agent: 'pool-1', router: 'shop', kind: 'pgbouncer' as const };
const act = () => ({ ...call, act: { runRef: 'prod/shop/1', step: (step += 1) } });

beforeAll(async () => {
  if (programs === undefined || pgbouncer === undefined) return;
  database = await ReplicatedDatabase.start(programs.postgres);
  [first, second] = database.nodes as [ReplicatedNode, ReplicatedNode];
  pooler = await Pooler.start({
    ...{ program: pgbouncer, folder: join(database.folder, 'pooler'), server: first.address },
    databases: ['shop', 'reports'],
  });
  stateFolder = await mkdtemp(join(tmpdir(), 'belay-routes-'));
  const resolved = resolveHostSettings(
    stringify({
      ...{ name: 'pool-1', stateFolder },
      routers: { shop: pooler.settings([first.address, second.address]) },
    }),
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  ({ routers } = resolved.settings);
  const once = createOnce(new ActStore(stateFolder));
  routes = openRouters({ agent: 'pool-1', routers, once, hosts: routersOf(routers, stateFolder) });
});

afterAll(async () => {
  if (isSkipped) return;
  await pooler.down();
  await database.close();
  await rm(stateFolder, { recursive: true, force: true });
});

async function targetOf(node: ReplicatedNode): Promise<RouteTarget> {
  const [row] = await node.sql<{ id: string; timeline: number }>(
    'SELECT system_identifier::text AS id, timeline_id AS timeline FROM pg_control_system(), pg_control_checkpoint()',
  );
  return { address: node.address, systemIdentifier: row!.id, timeline: row!.timeline };
}

async function untilConnected(pool: Pooler): Promise<Client> {
  for (;;) {
    try {
      return await pool.connect();
    } catch {
      await sleep(5);
    }
  }
}

/** An agent of its own process, which is killed as soon as it has paused the clients. */
async function pauseAndDie(forMs: number): Promise<void> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const program = fileURLToPath(new URL('doomed-pause.ts', import.meta.url));
  const job: DoomedPause = { routers, stateFolder, forMs };
  const agent = spawn(process.execPath, ['--import', loader, program, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(agent.stdout, 'data');
  agent.kill('SIGKILL');
  await once(agent, 'exit');
}

/** Inserts through the pooler until it is stopped. */
function writeThrough(pool: Pooler) {
  const seen = { acknowledged: 0, failed: 0, longestMs: 0 };
  const writing = new AbortController();
  const ended = (async () => {
    let client = await untilConnected(pool);
    let lastMs = performance.now();
    while (!writing.signal.aborted) {
      try {
        await client.query("INSERT INTO orders (by) VALUES ('client')");
        seen.acknowledged += 1;
        seen.longestMs = Math.max(seen.longestMs, performance.now() - lastMs);
        lastMs = performance.now();
      } catch {
        seen.failed += 1;
        void client.end().catch(() => undefined);
        client = await untilConnected(pool);
      }
      await sleep(5);
    }
    await client.end();
  })();
  return { seen, stop: () => (writing.abort(), ended) };
}

describe.skipIf(isSkipped)('clients of a PgBouncer', () => {
  it('are seen, with where they are led and by whom', async () => {
    const client = await pooler.connect();
    await client.query('SELECT 1');
    const facts = await routes.examineRoute(call, unattended);
    expect(facts).toMatchObject({ to: first.address, isPaused: false, problems: [] });
    expect(facts.clients).toEqual({ active: 1, waiting: 0 });
    expect(facts.generation).toBeUndefined();
    const { systemIdentifier } = await targetOf(first);
    expect(await routes.examineRoute({ ...call, identifies: true }, unattended)).toMatchObject({
      ...{ systemIdentifier, problems: [] },
    });
    await client.end();
  });

  it('wait and lose nothing while they are paused, unless a transaction stays open', async () => {
    const busy = await pooler.connect();
    await busy.query('BEGIN');
    await expect(routes.pauseRoute({ ...act(), withinMs: 500 }, unattended)).rejects.toThrow(
      'a transaction is still open after 500 ms',
    );
    expect(await routes.examineRoute(call, unattended)).toMatchObject({ isPaused: false });
    await busy.query('COMMIT');
    await busy.end();

    const client = writeThrough(pooler);
    await sleep(200);
    const paused = await routes.pauseRoute({ ...act(), withinMs: 2_000 }, unattended);
    expect(paused).toMatchObject({ isPaused: true, isWhollyPaused: true });
    const { acknowledged } = client.seen;
    await sleep(300);
    expect(client.seen.acknowledged - acknowledged).toBeLessThanOrEqual(1);
    await pooler.ask('RESUME reports');
    const partly = { isPaused: true, isWhollyPaused: false };
    expect(await routes.examineRoute(call, unattended)).toMatchObject(partly);
    await routes.resumeRoute({ ...act(), to: await targetOf(first) }, unattended);
    await sleep(200);
    await client.stop();
    expect(client.seen).toMatchObject({ failed: 0 });
    expect(client.seen.acknowledged).toBeGreaterThan(acknowledged + 1);
  });

  it('go on by themselves where the agent that paused them was killed, and not out of the next pause', async () => {
    const client = writeThrough(pooler);
    await pauseAndDie(6_000);
    expect(await routes.examineRoute(call, unattended)).toMatchObject({ isPaused: true });
    const { acknowledged } = client.seen;
    await eventually(async () => {
      expect(await routes.examineRoute(call, unattended)).toMatchObject({ isPaused: false });
      expect(client.seen.acknowledged).toBeGreaterThan(acknowledged + 1);
    });

    await pauseAndDie(4_000);
    const next = { ...act(), withinMs: 1_000, forMs: 60_000 };
    const { heldUntilMs = 0 } = await routes.pauseRoute(next, unattended);
    expect(heldUntilMs).toBeGreaterThan(Date.now() + 30_000);
    await sleep(5_000);
    expect(await routes.examineRoute(call, unattended)).toMatchObject({ isPaused: true });
    await routes.resumeRoute(act(), unattended);
    await client.stop();
    expect(client.seen).toMatchObject({ failed: 0 });
  });

  it('stay paused where an administrator has paused them, whatever Belay lets go on', async () => {
    await pooler.ask('PAUSE reports');
    const { problems } = await routes.examineRoute(call, unattended);
    expect(problems.join()).toContain('reports is paused at PgBouncer, and not by Belay');
    const to = await targetOf(first);
    const pause = { ...act(), withinMs: 500, forMs: 60_000 };
    await expect(routes.pauseRoute(pause, unattended)).rejects.toThrow('and not by Belay');
    const lead = { ...act(), from: first.address, to, waiting: 'keep' as const };
    await expect(routes.switchRoute(lead, unattended)).rejects.toThrow('and not by Belay');
    await routes.cutRoute(act(), unattended);
    await routes.resumeRoute(act(), unattended);
    const shown = await pooler.ask('SHOW DATABASES');
    const paused = shown.filter((each) => Number(each['paused']) === 1);
    expect(paused.map(({ name }) => name)).toEqual(['reports']);
    await pooler.ask('RESUME reports');
  });

  it('are not led to a standby, to another cluster, from elsewhere, or to a server nobody named', async () => {
    const to = await targetOf(second);
    const from = first.address;
    const lead = (more: object) =>
      routes.switchRoute({ ...act(), from, to, waiting: 'keep', ...more }, unattended);
    await expect(lead({})).rejects.toThrow('it is a standby');
    await expect(lead({ to: { ...to, systemIdentifier: '1' } })).rejects.toThrow(
      /its system identifier is \d+, not 1/,
    );
    await expect(lead({ from: second.address })).rejects.toThrow(
      /shop leads to .*, and neither to .*; reports leads to/,
    );
    await expect(lead({ from: { host: '10.0.0.9', port: 1 } })).rejects.toThrow(
      'does not lead shop to 10.0.0.9:1',
    );
    expect(await readFile(pooler.databasesFile, 'utf8')).not.toContain('belay');
  });

  it('are led to the new primary at once after a kill, whatever its pools had tried meanwhile', async () => {
    const client = writeThrough(pooler);
    await sleep(300);
    await first.signalAll('SIGKILL');
    await routes.cutRoute(act(), unattended);
    await sleep(300);
    const promoted = await second.sql('SELECT pg_promote(true, 30)');
    expect(promoted).toHaveLength(1);
    const to = { ...(await targetOf(second)), timeline: 2 };
    const { mode, uid } = await stat(pooler.databasesFile);
    const call = { ...act(), from: first.address, to, waiting: 'drop' as const };
    const facts = await routes.switchRoute(call, unattended);
    expect(facts).toMatchObject({ to: second.address, isPaused: false, problems: [] });
    expect(facts.generation).toMatchObject({ timeline: 2 });
    expect(await routes.switchRoute(call, unattended)).toEqual(facts);
    await sleep(400);
    await client.stop();
    expect(await stat(pooler.databasesFile)).toMatchObject({ mode, uid });
    expect(client.seen.longestMs).toBeLessThan(15_000);
    const [row] = await second.sql<{ by: number }>('SELECT count(*)::int AS by FROM orders');
    expect(row!.by).toBeGreaterThan(10);
  });

  it('are not led back to an older timeline, and a late step is refused', async () => {
    const to = { ...(await targetOf(second)), timeline: 1 };
    const back = { from: second.address, to, waiting: 'keep' as const };
    await expect(routes.switchRoute({ ...act(), ...back }, unattended)).rejects.toThrow(
      'led to timeline 2 before, which is newer than 1',
    );
    const late = { ...call, act: { runRef: 'prod/shop/1', step: 5 } };
    await expect(routes.cutRoute(late, unattended)).rejects.toMatchObject({ code: 'stale-fence' });
  });

  it('are not switched by a RELOAD that says OK and does nothing', async () => {
    const text = await readFile(pooler.databasesFile, 'utf8');
    const elsewhere = join(database.folder, 'unused.ini');
    await writeFile(elsewhere, text.replaceAll(String(second.port), String(first.port)));
    const settings = {
      ...{ name: 'shop', servers: [first.address, second.address] },
      pgbouncer: {
        ...{ databases: ['shop'], file: elsewhere, host: join(database.folder, 'pooler') },
        ...{ port: pooler.port, user: 'pooler_admin', secrets: {} },
        check: { user: 'postgres', secrets: {} },
      },
    };
    const { problems } = await routersOf([settings], stateFolder).examineRoute(call, unattended);
    expect(problems).toEqual([expect.stringContaining('leads elsewhere than')]);
  });

  it('are not made to wait where a pool is theirs for a whole session, which may never end', async () => {
    const sessions = await Pooler.start({
      ...{ program: pgbouncer!, folder: join(database.folder, 'sessions') },
      ...{ server: second.address, poolMode: 'session' as const },
    });
    const client = await sessions.connect();
    await client.query('SELECT 1');
    const resolved = resolveHostSettings(
      stringify({
        ...{ name: 'pool-1', stateFolder },
        routers: { sessions: sessions.settings([second.address]) },
      }),
    );
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
    const host = routersOf(resolved.settings.routers, stateFolder);
    const asked = { ...call, router: 'sessions' };
    const why = 'pool_mode is session for shop, where a pause waits until clients disconnect';
    const facts = await host.examineRoute(asked, unattended);
    expect(facts).toMatchObject({ cannotPause: why, isPaused: false, problems: [] });
    const pause = { ...asked, act: act().act, withinMs: 20_000 };
    await expect(host.pauseRoute(pause, unattended)).rejects.toMatchObject({
      ...{ code: 'refused', message: expect.stringContaining(why) as string },
    });
    await client.query('SELECT 1');
    await client.end();
    await sessions.down();
  });

  it('cannot be seen where PgBouncer is gone', async () => {
    await pooler.down();
    await expect(routes.examineRoute(call, unattended)).rejects.toThrow(/admin console/);
  });
});
