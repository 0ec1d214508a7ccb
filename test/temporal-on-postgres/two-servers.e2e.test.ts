import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  downCluster,
  killServer,
  startServer,
  upCluster,
  type ServerName,
} from '../../scripts/temporal-on-postgres/cluster.ts';
import type { ClusterAccess } from '../../scripts/temporal-on-postgres/record.ts';
import { ensureSearchAttributes } from '../../src/adapters/temporal/search-attributes.ts';
import { startRollout } from '../../src/cli/rollouts/start-rollout.ts';
import { writtenSpec } from '../../src/specs/rollouts/written-spec.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { searchAttributeNames } from '../../src/contracts/kernel/search-attributes.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import { buildBundles, type Bundles } from '../e2e/crash/bundles.ts';
import { differences } from '../e2e/crash/end-state.ts';
import { localSites } from '../e2e/crash/local-site.ts';
import { inProcess } from '../e2e/crash/releases.ts';
import { aborted, promoted, type Scenario } from '../e2e/crash/scenarios.ts';
import { playUndisturbed, strikeOnce, type Undisturbed } from '../e2e/crash/sweep.ts';
import { play, startHealthyWorker, type Bench } from '../e2e/crash/trial.ts';
import { Stand } from '../e2e/crash/stand.ts';
import { World } from '../e2e/crash/world.ts';
import { eventually } from '../fixtures/eventually.ts';
import { announceServer } from '../fixtures/temporal.ts';
import { VersionedWorkers, versionOf } from '../workers/versions/versioned-workers.ts';
import { reasonToSkip } from './given-servers.ts';

const skipped = await reasonToSkip();
if (skipped !== undefined) console.warn(`No tests on the real Temporal server: ${skipped}`);

const cluster = `tests-${process.pid}`;
const setupQueue = 'setup';
const limitMs = 180_000;

describe.skipIf(skipped !== undefined)('two Temporal servers on one PostgreSQL', () => {
  let folder: string;
  let access: ClusterAccess;
  let bundles: Bundles;
  let world: World;
  let bench: Bench;
  let setup: { stop(): Promise<void> };
  let undisturbed: Record<'promoted' | 'aborted', Undisturbed>;
  /** Whom the next blow meets. */
  let victim: ServerName = 'server-1';

  beforeAll(async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    });
    folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
    bundles = await buildBundles(folder);
    access = await upCluster(cluster, log);
  }, 3_600_000);

  afterAll(async () => {
    try {
      await setup.stop();
      await world.close();
    } finally {
      await downCluster(cluster);
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('search attributes that a worker registers are known to every server within seconds', async () => {
    const connections = await Promise.all(
      [access.address, ...Object.values(access.servers)].map((address) =>
        Connection.connect({ address }),
      ),
    );
    const [any] = connections;
    const { created } = await ensureSearchAttributes(any!, 'default');
    expect(created).toEqual(Object.values(searchAttributeNames));
    const query = `${searchAttributeNames.kind} = "canary"`;
    for (const connection of connections) {
      const ask = () =>
        connection.workflowService.listWorkflowExecutions({ namespace: 'default', query });
      expect((await eventually(ask)).executions).toEqual([]);
    }
    await Promise.all(connections.map((connection) => connection.close()));
  });

  test('a worker and its rollouts need nothing of the servers that is not their default', async () => {
    world = await World.open({
      openTemporal: async (home) => {
        await announceServer(home, access.address);
        return {
          address: access.address,
          kill: () => killServer(cluster, victim),
          // The other one does all.
          bringBack: () => Promise.resolve(),
          stop: () => Promise.resolve(),
        };
      },
    });
    bench = { world, bundles, makeSite: localSites(inProcess, setupQueue) };
    setup = await startHealthyWorker(bench, setupQueue);

    const ref = { service: 'shop', environment: 'demo', target: { platform: 'local' } } as const;
    const asWritten = { kind: 'canary', ...ref, release: inProcess('v1', '') };
    const resolved = resolveSpecInput('canary', asWritten);
    if (!resolved.ok) throw new Error('a wrong spec');
    const { workflowId, receipt } = await startRollout(world.client, {
      spec: resolved.spec,
      asWritten: writtenSpec(asWritten),
      taskQueue: setupQueue,
      by: 'ana',
    });
    expect(receipt?.rolloutId).toBeDefined();
    const handle = world.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toMatchObject({ outcome: 'Promoted' });
    expect(await (await handle.describe()).staticSummary()).toBe('Canary of shop in demo to v1');
    await eventually(async () => {
      const listed = world.client.workflow.list({
        query: `${searchAttributeNames.outcome} = 'Promoted'`,
      });
      const ids: string[] = [];
      for await (const found of listed) ids.push(found.workflowId);
      expect(ids).toContain(rolloutWorkflowId(ref));
    });
    const janitor = world.client.schedule.getHandle(`${setupQueue}-janitor`);
    await eventually(async () => {
      const { info } = await janitor.describe();
      expect(info.recentActions.length + info.runningActions.length).toBeGreaterThan(0);
    });
  });

  test(
    'a canary whose server is killed in its hold is promoted as if nothing had happened',
    { timeout: limitMs },
    async () => {
      const [run, other] = await Promise.all([
        playUndisturbed(bench, promoted),
        playUndisturbed(bench, aborted),
      ]);
      undisturbed = { promoted: run, aborted: other };
      // Connections go to the first server while there is one.
      victim = 'server-1';
      const row = await strikeOnce(
        bench,
        run,
        { place: 'watchHold#1:during', victim: 'temporal' },
        'promoted-struck',
      );
      expect(row).toMatchObject({ reached: true, outcome: 'Promoted', differences: [] });
      log(`undisturbed ${run.seconds.toFixed(1)} s, struck ${row.seconds.toFixed(1)} s`);
    },
  );

  test('an abort sent while a server dies is obeyed once', { timeout: limitMs }, async () => {
    await startServer(cluster, 'server-1');
    const { end: expected } = undisturbed.aborted;
    let waitedMs = 0;
    const amidst: Scenario = {
      ...aborted,
      name: 'aborted-amidst',
      async people(stand) {
        await stand.untilHeld();
        await killServer(cluster, 'server-2');
        const startedMs = performance.now();
        await stand.insist(() =>
          stand.handle.executeUpdate('abort', {
            updateId: 'abort',
            args: [{ by: 'ana', why: 'wrong build' }],
          }),
        );
        waitedMs = performance.now() - startedMs;
      },
    };
    const { end } = await play(bench, amidst, 'aborted-amidst');
    expect(differences(expected, end)).toEqual([]);
    log(`the abort was answered ${(waitedMs / 1000).toFixed(1)} s after the kill`);
  });

  test('workers can be versioned', { timeout: limitMs }, async () => {
    await startServer(cluster, 'server-2');
    const workers = new VersionedWorkers(world, 'versions');
    try {
      await workers.start('a', bundles.plain);
      await workers.makeCurrent('a');
      const stand = new Stand(world, 'versioned', localSites(inProcess, 'versions'), 'versions');
      await stand.serve();
      await stand.hush();
      expect(await versionOf(stand.handle)).toBe('a');
    } finally {
      await workers.stopAll();
    }
  });
});

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
