import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNamed, RunningNameServer } from '../../../scripts/archived-postgres/name-server.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../../scripts/archived-postgres/replicated-database.ts';
import { readKey } from '../../../src/adapters/dns/key-file.ts';
import { readRecords, updateZone } from '../../../src/adapters/dns/zone.ts';
import { dryRunOf } from '../../../src/adapters/routers/dns/dry-run.ts';
import { readName } from '../../../src/adapters/routers/dns/read-name.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { createOnce } from '../../../src/agent/acts/once.ts';
import { describeRouters } from '../../../src/agent/routers/describe-routers.ts';
import { openRouters } from '../../../src/agent/routers/open-routers.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { RouteHost } from '../../../src/contracts/recovery/route-host.ts';
import { noDatabase, type RouteTarget } from '../../../src/contracts/recovery/routes.ts';
import type { RouterSettings } from '../../../src/specs/kernel/routers.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import { routersOf } from './routers-of.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';

const programs = await requireBackupPrograms('leading clients by a name');
const named = await findNamed();
if (named === undefined) console.warn('skipped: BIND is not installed (Debian: bind9)');
const isSkipped = programs === undefined || named === undefined;

const zone = 'ha.test';
const name = 'db.ha.test';
let database: ReplicatedDatabase;
let server: RunningNameServer;
let other: RunningNameServer;
let folder: string;
let first: ReplicatedNode;
let second: ReplicatedNode;
let routes: RouteHost;
let step = 10;

const call = { contract: 1, agent: 'dns-1', router: 'shop', kind: 'dns' as const };
const act = () => ({ ...call, act: { runRef: 'prod/shop/1', step: (step += 1) } });
const key = () => readKey(`key belay { algorithm hmac-sha256; secret "${server.secret}"; };`);
const addressOf = ({ host, port }: { host: string; port: number }) => `${host}:${port}`;

beforeAll(async () => {
  if (programs === undefined || named === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'belay-names-'));
  database = await ReplicatedDatabase.start(programs.postgres, 2, { onePort: true });
  [first, second] = database.nodes as [ReplicatedNode, ReplicatedNode];
  const options = {
    ...{ program: named, zone, records: ['db 5 IN A 127.0.0.1', 'far 300 IN A 127.0.0.1'] },
    grants: [
      'name www.ha.test. A',
      'name _belay.www.ha.test. TXT',
      'name db.ha.test. A AAAA',
      'name _belay.db.ha.test. TXT',
      'name many.ha.test. A',
    ],
  };
  server = await RunningNameServer.start({ ...options, folder: join(database.folder, 'ns1') });
  const { secret } = server;
  other = await RunningNameServer.start({
    ...{ ...options, secret, folder: join(database.folder, 'ns2') },
  });
  routes = agentWith({});
});

afterAll(async () => {
  if (isSkipped) return;
  await Promise.all([server.down(), other.down()]);
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function settingsWith(dns: object, servers = [first.address, second.address]): RouterSettings[] {
  const settings = stringify({
    ...{ name: 'dns-1', stateFolder: folder },
    routers: {
      shop: {
        servers: servers.map(addressOf),
        dns: {
          ...{ name, zone, primary: addressOf(server.address), ttl: '5s' },
          ...{ secrets: { TSIG_KEY: { file: server.keyFile } }, check: { user: 'postgres' } },
          ...dns,
        },
      },
    },
  });
  const resolved = resolveHostSettings(settings);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return [...resolved.settings.routers];
}

function agentWith(dns: object): RouteHost {
  const routers = settingsWith(dns);
  const once = createOnce(new ActStore(folder));
  return openRouters({ agent: 'dns-1', routers, once, hosts: routersOf(routers, folder) });
}

async function targetOf(node: ReplicatedNode): Promise<RouteTarget> {
  const [row] = await node.sql<{ id: string; timeline: number }>(
    "SELECT system_identifier::text AS id, CASE WHEN pg_is_in_recovery() THEN 1 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline FROM pg_control_system()",
  );
  return { address: node.address, systemIdentifier: row!.id, timeline: row!.timeline };
}

const valuesOf = async (of: string) =>
  (await readRecords(server.address, of, ['A', 'AAAA'], 2_000)).map(({ value }) => value);

/** As somebody else would. */
async function set(of: string, values: string[], at = server, ttlS = 5): Promise<void> {
  const wanted = [{ name: of, type: 'A' as const, values, ttlS }];
  await updateZone(at.address, { zone, expected: [], wanted }, key(), 2_000);
}

describe.skipIf(isSkipped)('clients that resolve a name', () => {
  it('are led where its one record says, which every name server is asked for', async () => {
    const asked = { ...call, servers: [first.address, second.address] };
    const facts = await routes.examineRoute(asked, unattended);
    expect(facts).toMatchObject({ to: first.address, isPaused: false, problems: [] });
    expect(facts.detail).toBe('db.ha.test is A 127.0.0.1, kept for 5 s, at 1 of 1 name servers');
    expect(facts.generation).toBeUndefined();
    const settings = settingsWith({});
    const { router } = await describeRouters('dns-1', settings, routersOf(settings, folder));
    expect(router).toEqual([
      {
        name: 'shop',
        description: expect.stringContaining(`leads to ${addressOf(first.address)}`) as string,
      },
    ]);
  });

  it('are not led to a standby, to another cluster, from elsewhere, and are held by nobody', async () => {
    const to = await targetOf(second);
    const lead = (more: object) =>
      routes.switchRoute(
        { ...act(), from: first.address, to, waiting: 'keep', ...more },
        unattended,
      );
    await expect(lead({})).rejects.toThrow('it is a standby');
    await expect(lead({ to: { ...to, systemIdentifier: '1' } })).rejects.toThrow(
      /its system identifier is \d+, not 1/,
    );
    await expect(lead({ from: second.address })).rejects.toThrow(/db\.ha\.test leads to 127/);
    await expect(routes.cutRoute(act(), unattended)).rejects.toThrow('neither paused nor cut');
    await expect(routes.pauseRoute({ ...act(), withinMs: 1 }, unattended)).rejects.toMatchObject({
      code: 'refused',
    });
    expect(await valuesOf(name)).toEqual(['127.0.0.1']);
  });

  it('are led by one of twenty controllers that change it at once', async () => {
    await set('many.ha.test', ['10.0.0.1']);
    const changes = Array.from({ length: 20 }, (_, index) =>
      updateZone(
        server.address,
        {
          zone,
          expected: [{ name: 'many.ha.test', type: 'A', values: ['10.0.0.1'] }],
          wanted: [{ name: 'many.ha.test', type: 'A', values: [`10.0.1.${index}`], ttlS: 5 }],
        },
        key(),
        10_000,
      ),
    );
    const ended = await Promise.allSettled(changes);
    const refused = ended.flatMap((each) =>
      each.status === 'rejected' ? [each.reason as unknown] : [],
    );
    expect(refused).toHaveLength(19);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'changed' });
    const winner = ended.findIndex(({ status }) => status === 'fulfilled');
    expect(await valuesOf('many.ha.test')).toEqual([`10.0.1.${winner}`]);
  });

  it('are told why a name cannot be changed, and never the key', async () => {
    const wrong = join(folder, 'wrong.key');
    const keyFile = async (text: string) => {
      await writeFile(wrong, text);
      return { secrets: { TSIG_KEY: { file: wrong } } };
    };
    const problemsWith = async (dns: object) => {
      const asked = { ...call, servers: [first.address] };
      const { problems } = await agentWith(dns).examineRoute(asked, unattended);
      return problems.join('; ');
    };
    const secret = Buffer.from('not-the-secret-of-the-server').toString('base64');
    const bad = `key "belay" { algorithm hmac-sha256; secret "${secret}"; };`;
    const said = await problemsWith(await keyFile(bad));
    expect(said).toContain('the signature is wrong (BADSIG)');
    expect(said).not.toContain(secret);
    expect(await problemsWith(await keyFile(bad.replace('belay', 'stranger')))).toContain('BADKEY');
    const unreadable = await problemsWith(await keyFile(secret));
    expect(unreadable).toContain('not in the form of tsig-keygen');
    expect(unreadable).not.toContain(secret);
    expect(await problemsWith({ name: 'far.ha.test' })).toMatch(
      /did not take the update of zone ha\.test \(REFUSED\)/,
    );
    expect(await problemsWith({ name: 'far.ha.test' })).toContain(
      'resolvers keep it for 300 s, and the settings say 5 s',
    );
  });

  it('of a service are led from one region to another, never after a later run, and to no database', async () => {
    await set('www.ha.test', ['127.0.0.1']);
    const web = agentWith({ name: 'www.ha.test', check: undefined });
    const about = { ...call, servers: [first.address, second.address] };
    expect((await web.examineRoute({ ...about, behind: 'service' }, unattended)).problems).toEqual(
      [],
    );
    expect((await web.examineRoute(about, unattended)).problems).toEqual([
      expect.stringContaining('so it leads to no database'),
    ]);
    const to = { address: second.address, systemIdentifier: noDatabase, timeline: 2_000 };
    const order = { from: first.address, to, waiting: 'keep' as const };
    const led = await web.switchRoute({ ...act(), ...order }, unattended);
    expect(led).toMatchObject({ to: second.address, problems: [] });
    const older = { from: second.address, to: { ...to, address: first.address, timeline: 1_999 } };
    await expect(
      web.switchRoute({ ...act(), ...older, waiting: 'keep' }, unattended),
    ).rejects.toThrow('led to timeline 2000 before');
    await expect(routes.switchRoute({ ...act(), ...order }, unattended)).rejects.toThrow(
      'it is led by runs about its database',
    );
  });

  it('say in a repeated attempt for how long resolvers keep what the name was at first', async () => {
    await set('www.ha.test', ['127.0.0.1'], server, 40);
    const web = agentWith({ name: 'www.ha.test', check: undefined });
    const to = { address: second.address, systemIdentifier: noDatabase, timeline: 3_000 };
    const order = { from: first.address, to, waiting: 'keep' as const };
    for (const timeline of [3_000, 3_000, 3_001]) {
      const call = { ...act(), ...order, to: { ...to, timeline } };
      expect((await web.switchRoute(call, unattended)).keptForMs).toBe(40_000);
    }
    const records = await readRecords(server.address, 'www.ha.test', ['A'], 2_000);
    expect(records).toEqual([{ type: 'A', value: '127.0.0.2', ttlS: 5 }]);
  });

  it('stay as they are in a dry run, also where a server does not compare', async () => {
    const settings = { name: 'www.ha.test', zone };
    const shown = await readName(settings, server.address);
    expect(shown.marks).toHaveLength(1);
    const dryRun = dryRunOf(settings, shown, { host: '192.0.2.9', port: 443 });
    await updateZone(server.address, { ...dryRun, expected: [] }, key(), 2_000);
    expect(await readName(settings, server.address)).toEqual(shown);
    await expect(updateZone(server.address, dryRun, key(), 2_000)).rejects.toMatchObject({
      code: 'changed',
    });
  });

  it('are led by nobody while it has several records', async () => {
    await set(name, ['127.0.0.1', '127.0.0.2']);
    const facts = await routes.examineRoute(call, unattended);
    expect(facts.to).toBeUndefined();
    expect(facts.problems).toEqual([
      expect.stringMatching(/is A 127\.0\.0\.\d, A 127\.0\.0\.\d, where it should be one address/),
    ]);
    await set(name, ['127.0.0.1']);
  });

  it('are led to the new primary once every name server that answers says so', async () => {
    const from = first.address;
    await first.signalAll('SIGKILL');
    await second.sql('SELECT pg_promote(true, 30)');
    const to = await targetOf(second);
    expect(to.timeline).toBe(2);
    const both = agentWith({ secondaries: [addressOf(other.address)] });
    const order = { ...act(), from, to, waiting: 'drop' as const };
    const switching = both.switchRoute(order, unattended);
    await sleep(1_000);
    expect(await valuesOf(name)).toEqual(['127.0.0.2']);
    await set(name, ['127.0.0.2'], other);
    const facts = await switching;
    expect(facts).toMatchObject({ to: second.address, keptForMs: 5_000, problems: [] });
    expect(facts.generation).toEqual({ systemIdentifier: to.systemIdentifier, timeline: 2 });
    expect(facts.detail).toContain('at 2 of 2 name servers');
    expect(await both.switchRoute(order, unattended)).toEqual(facts);
    const again = await both.switchRoute({ ...order, ...act() }, unattended);
    expect(again.to).toEqual(second.address);
  });

  it('are not led back by a run of an older timeline, and a late step is refused', async () => {
    const to = { ...(await targetOf(second)), timeline: 1 };
    const back = { from: second.address, to, waiting: 'keep' as const };
    await expect(routes.switchRoute({ ...act(), ...back }, unattended)).rejects.toThrow(
      'led to timeline 2 before, which is newer than 1',
    );
    const late = { ...call, act: { runRef: 'prod/shop/1', step: 5 } };
    await expect(routes.resumeRoute(late, unattended)).rejects.toMatchObject({
      code: 'stale-fence',
    });
  });

  it('are seen as they are where one name server is away, and not at all without the first', async () => {
    const both = agentWith({ secondaries: [addressOf(other.address)] });
    await other.down();
    const { problems, to } = await both.examineRoute(call, unattended);
    expect(to).toEqual(second.address);
    expect(problems).toEqual([expect.stringContaining('ECONNREFUSED')]);
    await server.down();
    await expect(both.examineRoute(call, unattended)).rejects.toMatchObject({
      code: 'unfinished',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
