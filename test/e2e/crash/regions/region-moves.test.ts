import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNamed, RunningNameServer } from '../../../../scripts/archived-postgres/name-server.ts';
import type { ReplicatedNode } from '../../../../scripts/archived-postgres/replicated-database.ts';
import { readRecords } from '../../../../src/adapters/dns/zone.ts';
import { statusQuery } from '../../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import type { RegionDetails } from '../../../../src/contracts/recovery/region-details.ts';
import { databaseKinds, fenceSubject } from '../../../../src/kinds/databases.ts';
import { workflowIdOf } from '../../../../src/kinds/locks.ts';
import { regionKinds } from '../../../../src/kinds/regions.ts';
import { requireBackupPrograms } from '../../../fixtures/backups/find-programs.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { DatabaseSite } from '../databases/database-site.ts';
import { HostNetwork } from '../../../../scripts/archived-postgres/host-network.ts';
import { buildWithFailpoints } from '../bundles.ts';
import { resultOf, watchEnd } from '../run-story.ts';
import { World } from '../world.ts';
import { ResolvingWriter } from './resolving-writer.ts';

const isRoot = process.getuid?.() === 0;
const programs = await requireBackupPrograms('regions that are lost');
const named = await findNamed();
if (named === undefined) console.warn('skipped: BIND is not installed (Debian: bind9)');
const isSkipped = programs === undefined || named === undefined || !isRoot;

const zone = 'shop.test';
const confirmForMs = 10_000;
const place = { label: 'region', subnet: '10.213.78' };

let folder: string;
let world: World;
let network: HostNetwork;
let names: RunningNameServer;
let site: DatabaseSite;
let west: ReplicatedNode;
let east: ReplicatedNode;
let writer: ResolvingWriter;
let firstId = 1;
/** How to close what was opened, in that order: also where the rest could not be. */
const opened: (() => Promise<unknown>)[] = [];
const measured: Record<string, string>[] = [];

beforeAll(async () => {
  if (programs === undefined || named === undefined || !isRoot) return;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'belay-region-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  world = await World.open({ platform: false });
  opened.push(() => world.close());
  network = await HostNetwork.open(3, Number(world.temporalAddress.split(':')[1]), place);
  opened.push(() => network.close());
  const [westHost, eastHost] = network.hosts;
  const addresses = ['db', 'www'].map((name) => `${name} 2 IN A ${westHost?.host}`);
  names = await RunningNameServer.start({
    ...{ program: named, folder: join(folder, 'names'), zone, records: addresses },
    grants: ['db', 'www'].flatMap((name) => [
      `name ${name}.${zone}. A`,
      `name _belay.${name}.${zone}. TXT`,
    ]),
    ...(eastHost && { on: eastHost }),
  });
  opened.push(() => names.down());
  site = await DatabaseSite.open(world, 'region', {
    ...{
      programs: programs.postgres,
      bundle: await buildWithFailpoints(folder),
      nodes: 2,
      network,
    },
    ...{ onePort: true, agents: settingsOfAgents },
  });
  opened.push(() => site.close());
  [west, east] = site.nodes as [ReplicatedNode, ReplicatedNode];
}, 300_000);

afterAll(async () => {
  if (isSkipped) return;
  for (const close of opened.reverse()) await close();
  console.table(measured);
});

const written = ({ address }: ReplicatedNode) => `${address.host}:${address.port}`;

/** The office is in neither region. */
function settingsOfAgents(nodes: readonly ReplicatedNode[]): Record<string, object> {
  const [first] = nodes;
  const { host, port } = names.address;
  const dns = (name: string) => ({
    ...{ name: `${name}.${zone}`, zone, primary: `${host}:${port}`, ttl: '2s' },
    secrets: { TSIG_KEY: { file: names.keyFile } },
  });
  const servers = nodes.map(written);
  const probes = { 'west-answers': { tcp: first?.address, timeout: '2s' } };
  return {
    n2: {
      probes,
      routers: {
        db: { servers, dns: { ...dns('db'), check: { user: 'postgres' } } },
        www: { servers, dns: dns('www') },
      },
    },
    office: { probes },
  };
}

const databasePlan = (more: object = {}) =>
  site.plan({
    ...{ automatic: false, lease: '4s', confirmFor: '6s', maxLoss: { bytes: 0, time: 0 } },
    ...{ routes: [{ dns: { agent: site.agentOf('n2'), router: 'db' } }], ...more },
  });

const regionPlan = (more: object = {}) => ({
  ...{ kind: 'regionFailover', environment: site.name, group: 'shop', from: 'west', to: 'east' },
  witnesses: ['n2', 'office'].map((name) => ({
    ...{ agent: site.agentOf(name), probe: 'west-answers' },
  })),
  ...{ confirmFor: `${confirmForMs}ms`, automatic: true },
  databases: [{ plan: databasePlan(), nodes: { west: 'n1', east: 'n2' } }],
  names: [
    {
      ...{ agent: site.agentOf('n2'), router: 'www' },
      servers: { west: written(west), east: written(east) },
    },
  ],
  ...more,
});

function startRegion(kind: keyof typeof regionKinds, spec: object): Promise<WorkflowHandle> {
  const definition = regionKinds[kind];
  return world.client.workflow.start(definition.workflowType, {
    workflowId: workflowIdOf(definition, { environment: site.name, name: 'shop' }),
    ...{ taskQueue: site.taskQueue, workflowTaskTimeout: '3 s', args: [spec] },
  });
}

const statusOf = (run: WorkflowHandle) => run.query<RunStatus>(statusQuery);

async function untilPhase(run: WorkflowHandle, wanted: string, withinMs = 60_000): Promise<void> {
  await eventually(async () => {
    const { phase, now } = await statusOf(run);
    if (phase !== wanted) throw new Error(`${phase}: ${now}`);
  }, withinMs);
}

/** Fails as soon as somebody is asked: nobody is there to answer. */
async function unasked(run: WorkflowHandle, by: 'failover' | 'switchover'): Promise<RunReport> {
  const story = resultOf(run, 'move');
  const hasEnded = watchEnd(story);
  while (!hasEnded()) {
    for (const asking of [run, site.run(by)]) {
      const status = await statusOf(asking).catch(() => undefined);
      const isAsked = /^(awaiting-approval|stuck|undo-failed)$/.test(status?.phase ?? '');
      if (!isAsked) continue;
      const watching = await statusOf(site.run('databaseWatch')).catch(String);
      throw new Error(JSON.stringify([status, watching], undefined, 1));
    }
    await sleep(500);
  }
  return story;
}

/** Until its host holds a lease that Temporal has heard of. */
async function watch(primary: ReplicatedNode): Promise<WorkflowHandle> {
  const run = await site.start('databaseWatch', databasePlan());
  await eventually(async () => {
    const { raw } = await run.describe();
    const isKept = (raw.pendingActivities ?? []).some(({ heartbeatDetails }) =>
      (heartbeatDetails?.payloads ?? []).some(({ data }) =>
        Buffer.from(data ?? []).includes('leaseMs'),
      ),
    );
    const { now } = await statusOf(run);
    if (!isKept || !now.startsWith(`Watching ${primary.name}`)) throw new Error(now);
  }, 60_000);
  return run;
}

async function loseWest(): Promise<number> {
  const lostMs = Date.now();
  await network.lose(0);
  await west.signalAll('SIGKILL');
  await site.agents.get('n1')?.kill();
  return lostMs;
}

async function lostRows(at: ReplicatedNode): Promise<number[]> {
  const acknowledged = [...writer.acknowledged];
  const rows = await at.sql<{ id: string }>('SELECT id FROM marks');
  const stored = new Set(rows.map(({ id }) => Number(id)));
  return acknowledged.filter(({ id }) => !stored.has(id)).map(({ id }) => id);
}

const addressOf = async (name: string) =>
  (await readRecords(names.address, `${name}.${zone}`, ['A'], 2_000)).map(({ value }) => value);

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

function startWriting(): ResolvingWriter {
  return new ResolvingWriter({
    ...{ nameServer: names.address, name: `db.${zone}`, port: west.port, firstId },
  });
}

/** Its host is there again: fenced, and then a standby that streams. */
async function bringWestBack(): Promise<void> {
  await network.bringBack(0);
  await site.agents.get('n1')?.start();
  const fence = world.client.workflow.getHandle(
    workflowIdOf(
      databaseKinds.fence,
      fenceSubject({ plan: { environment: site.name, database: 'orders' }, node: 'n1' }),
    ),
  );
  await resultOf(fence, 'fence');
  const spec = { kind: 'rejoin', plan: databasePlan(), node: 'n1' };
  await resultOf(await site.start('rejoin', spec), 'rejoin');
  await site.untilSound();
}

describe.skipIf(isSkipped)('a client that resolves a name and never stops writing', () => {
  it(
    'writes in the other region, with nothing lost and nobody asked, although the worker is killed',
    { timeout: 400_000 },
    async () => {
      await east.nameConnection();
      await west.waitForStandbys(east.name);
      await site.untilSound();
      await watch(west);
      writer = startWriting();
      opened.push(() => writer.stop());
      await writer.untilWriting(west.address.host);
      const lostMs = await loseWest();
      const run = await startRegion('regionFailover', regionPlan());
      await untilPhase(run, 'completing');
      await site.worker.kill();
      await sleep(500);
      await site.worker.start();
      const report = await unasked(run, 'failover');
      await writer.untilWriting(east.address.host);
      expect(report).toMatchObject({ outcome: 'FailedOver', people: [] });
      const { databases, objectives } = report.details as RegionDetails;
      expect(databases).toMatchObject([{ outcome: 'FailedOver', loss: { bytes: 0 } }]);
      const child = (await site.run('failover').result()) as { details: unknown; people: [] };
      expect(child.people).toEqual([]);
      expect((child.details as DatabaseDetails).fence?.how).toBe('lease-expired');
      expect(await addressOf('db')).toEqual([east.address.host]);
      expect(await addressOf('www')).toEqual([east.address.host]);
      const { ms, firstMs } = writer.outage(west.address.host, east.address.host);
      const lost = await lostRows(east);
      measured.push({
        what: `failover, confirmFor ${seconds(confirmForMs)}, worker killed`,
        'outage of the client': seconds(ms),
        'from the loss of the region': seconds(firstMs - lostMs),
        'rows acknowledged': String(writer.acknowledged.length),
        'rows lost': String(lost.length),
        predicted: JSON.stringify(databases[0]?.loss),
        objectives: JSON.stringify(objectives.map(({ name, measuredMs }) => [name, measuredMs])),
      });
      expect(lost).toEqual([]);
    },
  );

  it('loses nothing on the way back', { timeout: 400_000 }, async () => {
    await bringWestBack();
    await writer.untilWriting(east.address.host);
    const spec = { kind: 'regionFailback', plan: regionPlan() };
    const report = await unasked(await startRegion('regionFailback', spec), 'switchover');
    await writer.untilWriting(west.address.host);
    await writer.stop();
    firstId = writer.next;
    expect(report).toMatchObject({ outcome: 'FailedBack', people: [] });
    const { ms } = writer.outage(east.address.host, west.address.host);
    const lost = await lostRows(west);
    const { objectives } = report.details as RegionDetails;
    measured.push({
      ...{ what: 'failback', 'outage of the client': seconds(ms) },
      ...{ 'rows acknowledged': String(writer.acknowledged.length) },
      'rows lost': String(lost.length),
      objectives: JSON.stringify(objectives.map(({ name, measuredMs }) => [name, measuredMs])),
    });
    expect(lost).toEqual([]);
    expect(await addressOf('db')).toEqual([west.address.host]);
    expect(await addressOf('www')).toEqual([west.address.host]);
  });
});
