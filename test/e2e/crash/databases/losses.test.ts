import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../../../bench/analysis/random.ts';
import { statusQuery } from '../../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import { requireBackupPrograms } from '../../../fixtures/backups/find-programs.ts';
import { NodeWriters } from '../../../fixtures/node-writers.ts';
import { buildWithFailpoints } from '../bundles.ts';
import { resultOf, watchEnd } from '../run-story.ts';
import { World } from '../world.ts';
import { DatabaseSite } from './database-site.ts';

const programs = await requireBackupPrograms('losses of databases whose primary is killed');
const seed = Number(process.env['BELAY_CRASH_SEED'] ?? 1);
const points = process.env['BELAY_CRASH_POINTS'] ?? 'all';
const kills = points === 'all' ? 30 : Number(points);
const limitMs = 3 * 60 * 60_000;
/** A transaction of one row and its commit need more log than this. */
const leastBytesOfRow = 90;
const allowedBytes = 2_000;

let folder: string;
let world: World;
let site: DatabaseSite;
let firstId = 1;

beforeAll(async () => {
  if (programs === undefined) return;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
  world = await World.open({ platform: false });
  const bundle = await buildWithFailpoints(folder);
  site = await DatabaseSite.open(world, 'losses', {
    programs: programs.postgres,
    bundle,
    nodes: 3,
  });
}, 300_000);

afterAll(async () => {
  if (programs === undefined) return;
  await site.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

interface Killed {
  outcome: string;
  /** What the run said is lost. */
  bytes: number;
  /** Rows that were acknowledged, and are gone. */
  lost: number;
  splits: number;
  /** How the former primary came back. */
  rejoined: NonNullable<DatabaseDetails['rejoined']>;
}

/** Writers at every node, a kill at any time, and a failover; a loss that has to be approved is rejected. */
async function killOnce(
  random: () => number,
  { maxBytes, lagMs }: { maxBytes: number; lagMs: number },
): Promise<Killed> {
  const primary = await site.untilSound();
  const writers = new NodeWriters(site.nodes, firstId);
  try {
    await writers.untilWriting();
    await sleep(random() * 1_000);
    const senders = await primary.pidsOf('walsender');
    const stopped = lagMs > 0 ? senders : senders.filter(() => random() < 0.4).slice(0, 1);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    await sleep(random() * (lagMs || 500));
    await primary.signalAll('SIGKILL');
    const plan = site.plan({ maxLoss: { bytes: maxBytes, time: 0 } });
    const run = await site.start('failover', { kind: 'failover', plan });
    const story = resultOf(run, 'failover');
    const hasEnded = watchEnd(story);
    while (!hasEnded()) {
      const status = await run.query<RunStatus>(statusQuery).catch(() => undefined);
      if (status?.phase === 'awaiting-approval') await run.signal('reject', { by: 'ana' });
      await sleep(100);
    }
    const { outcome, details } = await story;
    const now = await site.untilSound();
    await writers.untilWriting();
    await writers.stop();
    const rows = await now.sql<{ id: string }>('SELECT id FROM marks');
    const stored = new Set(rows.map(({ id }) => Number(id)));
    const lost = writers.acknowledged.filter(({ id }) => !stored.has(id)).length;
    const { loss, rejoined = [] } = details as DatabaseDetails;
    const splits = writers.splits().length;
    return { outcome, bytes: loss?.bytes ?? 0, lost, splits, rejoined };
  } finally {
    await writers.stop();
    firstId = writers.next;
  }
}

async function killMany(order: { maxBytes: number; lagMs: number }): Promise<Killed[]> {
  const random = seeded(seed);
  const all: Killed[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const one = await killOnce(random, order);
    process.stdout.write(
      `${kill}: ${one.outcome}, ${one.lost} rows lost, ${one.bytes} bytes of log predicted\n`,
    );
    all.push(one);
  }
  const back = all.flatMap(({ rejoined }) => rejoined);
  const by = (method: string) => back.filter((each) => each.method === method).length;
  process.stdout.write(
    `former primaries came back by ${by('start')} starts, ${by('rewind')} rewinds, ${by('copy')} copies\n`,
  );
  // Each has checksums, and all of the log that a rewind needs.
  expect(back.filter(({ method }) => method === 'copy')).toEqual([]);
  return all;
}

describe.skipIf(programs === undefined)(
  `a primary that is killed ${kills} times under clients that write (seed ${seed})`,
  () => {
    it(
      'loses what was predicted, and never more than what is allowed, where commits wait for nobody',
      { timeout: limitMs },
      async () => {
        const all = await killMany({ maxBytes: allowedBytes, lagMs: 400 });
        for (const { outcome, bytes, lost, splits } of all) {
          expect(splits).toBe(0);
          if (outcome === 'FailedOver') expect(bytes).toBeLessThanOrEqual(allowedBytes);
          else expect({ outcome, lost }).toEqual({ outcome: 'Aborted', lost: 0 });
          expect(lost).toBeLessThanOrEqual(outcome === 'FailedOver' ? bytes / leastBytesOfRow : 0);
        }
        expect(new Set(all.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
      },
    );

    it(
      'loses nothing that was acknowledged where commits wait for one of two standbys',
      { timeout: limitMs },
      async () => {
        await site.untilSound();
        for (const node of site.nodes) await node.waitForStandbys('ANY 1 (*)');
        const all = await killMany({ maxBytes: 1_000_000, lagMs: 0 });
        expect(all.map(({ outcome, lost, splits }) => ({ outcome, lost, splits }))).toEqual(
          all.map(() => ({ outcome: 'FailedOver', lost: 0, splits: 0 })),
        );
      },
    );
  },
);
