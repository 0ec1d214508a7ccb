import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusQuery } from '../../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { ReplicatedNode } from '../../../../scripts/archived-postgres/replicated-database.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { requireBackupPrograms } from '../../../fixtures/backups/find-programs.ts';
import { NodeWriters } from '../../../fixtures/node-writers.ts';
import { buildWithFailpoints } from '../bundles.ts';
import { resultOf } from '../run-story.ts';
import { World } from '../world.ts';
import { DatabaseSite } from './database-site.ts';
import { HostNetwork, type Cut } from '../../../../scripts/archived-postgres/host-network.ts';

const isRoot = process.getuid?.() === 0;
const programs = await requireBackupPrograms('a primary that is cut off');
const both = [false, true];
const cases = both.flatMap((leased) =>
  both.flatMap((temporal) =>
    both.flatMap((workers) =>
      both.map((others) => [leased, { temporal, workers, others }] as const),
    ),
  ),
);
const leasedPlan = { lease: '4s', confirmFor: '6s' };
/** Past the lease, and past the time until a primary counts as down. */
const cutForMs = 12_000;

let folder: string;
let world: World;
let network: HostNetwork;
let site: DatabaseSite;
let firstId = 1;

beforeAll(async () => {
  if (programs === undefined || !isRoot) return;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
  world = await World.open({ platform: false });
  network = await HostNetwork.open(3, Number(world.temporalAddress.split(':')[1]));
  const bundle = await buildWithFailpoints(folder);
  const parts = { programs: programs.postgres, bundle, nodes: 3, network };
  site = await DatabaseSite.open(world, 'split', parts);
}, 300_000);

afterAll(async () => {
  if (programs === undefined || !isRoot) return;
  await site.close();
  await network.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const statusOf = (run: WorkflowHandle) => run.query<RunStatus>(statusQuery);

/** Only of a loss: that a host is off is nobody's to say here. */
async function approveLosses(isOver: () => boolean): Promise<void> {
  const failover = site.run('failover');
  while (!isOver()) {
    const status = await statusOf(failover).catch(() => undefined);
    if (status?.phase === 'awaiting-approval' && status.now.includes('lost')) {
      await failover.signal('approve', { by: 'ana' }).catch(() => undefined);
    }
    await sleep(200);
  }
}

async function watch(primary: ReplicatedNode, leased: boolean): Promise<WorkflowHandle> {
  const run = await site.start('databaseWatch', site.plan(leased ? leasedPlan : {}));
  await eventually(async () => {
    const { now } = await statusOf(run);
    if (!now.startsWith(`Watching ${primary.name}`)) throw new Error(now);
  }, 60_000);
  await eventually(async () => {
    if (leased && !(await isLeaseKept(run))) throw new Error('no lease is kept');
  }, 60_000);
  await sleep(1_000);
  return run;
}

/** Nobody relies on a lease of which Temporal has not heard. */
async function isLeaseKept(run: WorkflowHandle): Promise<boolean> {
  const { raw } = await run.describe();
  return (raw.pendingActivities ?? []).some(({ heartbeatDetails }) =>
    (heartbeatDetails?.payloads ?? []).some(({ data }) =>
      Buffer.from(data ?? []).includes('leaseMs'),
    ),
  );
}

/** Everything that was cut is there again, and former primaries are standbys. */
async function restore(): Promise<void> {
  await network.heal();
  await eventually(async () => {
    const status = await statusOf(site.run('failover')).catch(() => undefined);
    if (status === undefined || status.phase === 'closed') return;
    await site.run('failover').signal('abort', { by: 'ana' });
    await site.run('failover').signal('giveUp', { by: 'ana' });
    throw new Error(`${status.phase}: ${status.now}`);
  }, 90_000);
  const primary = await eventually(async () => {
    const found = await site.primary();
    if (found === undefined) throw new Error('there is no primary');
    return found;
  }, 60_000);
  await site.untilSound(10_000).catch(async () => {
    const streaming = await site.streaming(primary);
    for (const { name } of site.nodes) {
      const follows = [name, `belay_${name}`].some((slot) => streaming.includes(slot));
      if (name === primary.name || follows) continue;
      const spec = { kind: 'rejoin', plan: site.plan(), node: name };
      await resultOf(await site.start('rejoin', spec), 'rejoin');
    }
  });
  await site.untilSound();
}

const nextPrimary = (among = site.nodes) =>
  eventually(async () => {
    const found = await site.primary(among);
    if (found === undefined) throw new Error('nobody takes writes');
    return found;
  }, 60_000);

describe.skipIf(programs === undefined || !isRoot)(
  'a database whose hosts are all cut off from Temporal',
  () => {
    const cutAll = async () => {
      for (const index of site.nodes.keys()) await network.cut(index, { temporal: true });
      await sleep(cutForMs);
    };

    it('goes on as it is where it has no lease', { timeout: 400_000 }, async () => {
      const primary = await site.untilSound();
      const run = await watch(primary, false);
      const writers = new NodeWriters(site.nodes, firstId);
      try {
        await writers.untilWriting();
        const before = writers.acknowledged.length;
        await cutAll();
        await writers.untilWriting(20);
        await network.heal();
        await sleep(3_000);
        await writers.untilWriting(20);
        const during = writers.acknowledged.slice(before);
        expect(new Set(during.map(({ node }) => node))).toEqual(new Set([primary.name]));
        const pauses = during.map((write, index) => {
          const last = during[index - 1]?.acknowledgedMs ?? write.acknowledgedMs;
          return write.acknowledgedMs - last;
        });
        process.stdout.write(
          `all hosts cut off, no lease: ${Math.max(...pauses)} ms at most between two writes\n`,
        );
      } finally {
        await writers.stop();
        firstId = writers.next;
        await run.signal('abort', { by: 'ana' }).catch(() => undefined);
        await resultOf(run, 'databaseWatch').catch(() => undefined);
        await restore();
      }
      expect(writers.splits()).toEqual([]);
    });

    it(
      'is fenced with a lease, and has one primary again by itself once Temporal is back',
      { timeout: 400_000 },
      async () => {
        const primary = await site.untilSound();
        const run = await watch(primary, true);
        const writers = new NodeWriters(site.nodes, firstId);
        const end = { isOver: false };
        const approving = approveLosses(() => end.isOver);
        try {
          await writers.untilWriting();
          await cutAll();
          expect(await site.primary()).toBeUndefined();
          await network.heal();
          await nextPrimary();
          await writers.untilWriting(20);
        } finally {
          end.isOver = true;
          await approving;
          await writers.stop();
          firstId = writers.next;
          await run.signal('abort', { by: 'ana' }).catch(() => undefined);
          await resultOf(run, 'databaseWatch').catch(() => undefined);
          await restore();
        }
        expect(writers.splits()).toEqual([]);
      },
    );
  },
);

const describeCut = (leased: boolean, { temporal, workers, others }: Cut) =>
  [
    leased ? 'with a lease' : 'without a lease',
    [temporal && 'Temporal', workers && 'workers', others && 'the other hosts']
      .filter(Boolean)
      .join(', ') || 'nobody',
  ].join(', from ');

describe.skipIf(programs === undefined || !isRoot)('a primary that is well, and is cut off', () => {
  it.each(cases.map(([leased, cut]) => [describeCut(leased, cut), leased, cut] as const))(
    '%s: at no moment do two nodes take writes',
    { timeout: 400_000 },
    async (words, leased, cut) => {
      const primary = await site.untilSound();
      const run = await watch(primary, leased);
      const writers = new NodeWriters(site.nodes, firstId);
      const end = { isOver: false };
      const approving = approveLosses(() => end.isOver);
      try {
        await writers.untilWriting();
        await network.cut(site.nodes.indexOf(primary), cut);
        await sleep(cutForMs);
        const isReplaced = leased && cut.temporal;
        if (isReplaced) {
          await nextPrimary(site.nodes.filter((node) => node !== primary));
        }
        await writers.untilWriting(20);
        await network.heal();
        await sleep(3_000);
        await writers.untilWriting(20);
        const after = writers.acknowledged.at(-1)?.node;
        expect(after === primary.name).toBe(!isReplaced);
      } finally {
        end.isOver = true;
        await approving;
        await writers.stop();
        firstId = writers.next;
        await run.signal('abort', { by: 'ana' }).catch(() => undefined);
        await resultOf(run, 'databaseWatch').catch(() => undefined);
        await restore();
      }
      expect(writers.splits()).toEqual([]);
      const { length } = writers.acknowledged;
      process.stdout.write(`${words}: ${length} writes, one primary at a time\n`);
    },
  );
});
