import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHaproxy, RunningProxy } from '../../../scripts/archived-postgres/proxy.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../../scripts/archived-postgres/replicated-database.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { createOnce } from '../../../src/agent/acts/once.ts';
import { describeRouters } from '../../../src/agent/routers/describe-routers.ts';
import { openRouters } from '../../../src/agent/routers/open-routers.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { RouteHost } from '../../../src/contracts/recovery/route-host.ts';
import type { RouteTarget } from '../../../src/contracts/recovery/routes.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import type { RouterSettings } from '../../../src/specs/kernel/routers.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { routersOf } from './routers-of.ts';

const programs = await requireBackupPrograms('leading clients through HAProxy');
const haproxy = await findHaproxy();
if (haproxy === undefined) console.warn('skipped: HAProxy is not installed (Debian: haproxy)');
const isSkipped = programs === undefined || haproxy === undefined;

let database: ReplicatedDatabase;
let proxy: RunningProxy;
let folder: string;
let first: ReplicatedNode;
let second: ReplicatedNode;
let routes: RouteHost;
let step = 10;

const call = { contract: 1, agent: 'proxy-1', router: 'shop', kind: 'haproxy' as const };
const act = () => ({ ...call, act: { runRef: 'prod/shop/1', step: (step += 1) } });

beforeAll(async () => {
  if (programs === undefined || haproxy === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'belay-proxy-'));
  database = await ReplicatedDatabase.start(programs.postgres);
  [first, second] = database.nodes as [ReplicatedNode, ReplicatedNode];
  proxy = await RunningProxy.start({
    ...{ program: haproxy, folder: join(database.folder, 'proxy'), to: first.address },
  });
  const routers = settingsOf('admin');
  const once = createOnce(new ActStore(folder));
  routes = openRouters({ agent: 'proxy-1', routers, once, hosts: routersOf(routers, folder) });
});

afterAll(async () => {
  if (isSkipped) return;
  await proxy.down();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function settingsOf(level: 'admin' | 'operator'): RouterSettings[] {
  const shop = proxy.settings([first.address, second.address], level);
  const resolved = resolveHostSettings(
    stringify({ name: 'proxy-1', stateFolder: folder, routers: { shop } }),
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return [...resolved.settings.routers];
}

async function targetOf(node: ReplicatedNode, timeline: number): Promise<RouteTarget> {
  const [row] = await node.sql<{ id: string }>(
    'SELECT system_identifier::text AS id FROM pg_control_system()',
  );
  return { address: node.address, systemIdentifier: row!.id, timeline };
}

const portThrough = async () => {
  const client = await proxy.connect();
  try {
    const { rows } = await client.query<{ port: number }>('SELECT inet_server_port() AS port');
    return rows[0]?.port;
  } finally {
    await client.end();
  }
};

const switchTo = (to: RouteTarget, more: object = {}) =>
  routes.switchRoute(
    { ...act(), from: first.address, to, waiting: 'keep' as const, ...more },
    unattended,
  );

describe.skipIf(isSkipped)('clients of an HAProxy', () => {
  it('are seen, with where they are led, and cannot be paused', async () => {
    const client = await proxy.connect();
    const facts = await routes.examineRoute(call, unattended);
    expect(facts).toMatchObject({ to: first.address, isPaused: false, problems: [] });
    expect(facts).toMatchObject({ clients: { active: 1, waiting: 0 } });
    expect(facts.cannotPause).toContain('passes connections on as they are');
    expect(facts.generation).toBeUndefined();
    await client.end();
    await expect(routes.pauseRoute({ ...act(), withinMs: 1 }, unattended)).rejects.toThrow(
      'cannot make clients wait',
    );
  });

  it('cannot be led where the socket may not change anything, or others take connections', async () => {
    const routers = settingsOf('operator');
    const { router } = await describeRouters('proxy-1', routers, routersOf(routers, folder));
    expect(router?.[0]?.unavailable).toContain('has level operator: write level admin');
    await proxy.ask('set server shop/spare state ready');
    const { problems } = await routes.examineRoute(call, unattended);
    expect(problems.join()).toContain('other servers that take connections: spare');
    await expect(switchTo(await targetOf(first, 1))).rejects.toThrow('spare');
    await proxy.ask('set server shop/spare state maint');
  });

  it('are not led to a standby, to another cluster, or from elsewhere', async () => {
    const to = await targetOf(second, 1);
    await expect(switchTo(to)).rejects.toThrow('it is a standby');
    await expect(switchTo({ ...to, systemIdentifier: '1' })).rejects.toThrow('not 1');
    await expect(switchTo(to, { from: second.address })).rejects.toThrow(
      /shop\/primary leads to .*, and neither to/,
    );
    expect(await portThrough()).toBe(first.port);
  });

  it('are cut, and refused until they are let through again', async () => {
    const client = await proxy.connect();
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    expect(await routes.cutRoute(act(), unattended)).toMatchObject({ isPaused: true });
    await ended;
    await expect(proxy.connect()).rejects.toThrow();
    const to = await targetOf(first, 1);
    const facts = await routes.resumeRoute({ ...act(), to }, unattended);
    expect(facts).toMatchObject({ isPaused: false, problems: [] });
    expect(await portThrough()).toBe(first.port);
  });

  it('go on by themselves where nobody lets them go on in time', async () => {
    const { heldUntilMs } = await routes.cutRoute({ ...act(), forMs: 6_000 }, unattended);
    expect(heldUntilMs).toBeDefined();
    await expect(proxy.connect()).rejects.toThrow();
    await eventually(async () => expect(await portThrough()).toBe(first.port));
  });

  it('stay where somebody else has put the server into maintenance', async () => {
    await proxy.ask('set server shop/primary state maint');
    const { problems } = await routes.examineRoute(call, unattended);
    expect(problems.join()).toContain('is in maintenance, and not by Belay');
    await expect(switchTo(await targetOf(first, 1))).rejects.toThrow('not by Belay');
    await routes.cutRoute(act(), unattended);
    expect(await routes.resumeRoute(act(), unattended)).toMatchObject({ isPaused: true });
    await proxy.ask('set server shop/primary state ready');
  });

  it('are led to the new primary after a kill, also by an attempt that comes again', async () => {
    const client = await proxy.connect();
    await first.signalAll('SIGKILL');
    await routes.cutRoute(act(), unattended);
    await second.sql('SELECT pg_promote(true, 30)');
    const to = await targetOf(second, 2);
    const order = { ...act(), from: first.address, to, waiting: 'drop' as const };
    const facts = await routes.switchRoute(order, unattended);
    expect(facts).toMatchObject({ to: second.address, isPaused: false, problems: [] });
    expect(facts.generation).toMatchObject({ timeline: 2 });
    const staying = await proxy.connect();
    await switchTo(to);
    expect((await staying.query('SELECT 1')).rowCount).toBe(1);
    expect(await portThrough()).toBe(second.port);
    await Promise.all([client.end(), staying.end()]);
  });

  it('are not led back to an older timeline, and a late step is refused', async () => {
    const to = await targetOf(second, 1);
    await expect(switchTo(to, { from: second.address })).rejects.toThrow(
      'led to timeline 2 before, which is newer than 1',
    );
    const late = { ...call, act: { runRef: 'prod/shop/1', step: 5 } };
    await expect(routes.cutRoute(late, unattended)).rejects.toMatchObject({ code: 'stale-fence' });
  });

  it('are where its configuration says after a restart without its state, which is said', async () => {
    await proxy.down();
    await proxy.up();
    const { to, detail } = await routes.examineRoute(call, unattended);
    expect(to).toEqual(first.address);
    expect(detail).toContain(`Belay led it to ${second.address.host}:${second.port} last`);
    await switchTo(await targetOf(second, 2));
    expect(await portThrough()).toBe(second.port);
  });
});
