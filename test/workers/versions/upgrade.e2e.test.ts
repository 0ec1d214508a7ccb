import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connections } from '../../../src/cli/connections.ts';
import { checkWorkerVersion } from '../../../src/cli/doctor/check-worker-version.ts';
import { readKnownRollout } from '../../../src/cli/rollouts/known-rollout.ts';
import {
  deployUpdate,
  type DeployReceipt,
  type DeployRequest,
} from '../../../src/contracts/kernel/messages.ts';
import { localSites } from '../../e2e/crash/local-site.ts';
import { inProcess } from '../../e2e/crash/releases.ts';
import { Stand } from '../../e2e/crash/stand.ts';
import { World } from '../../e2e/crash/world.ts';
import { untracedWorkflows } from '../../../src/telemetry/tracing/trace-workflows.ts';
import { builtWorkflows } from '../../fixtures/built.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { announceServer, devServer } from '../../fixtures/temporal.ts';
import { VersionedWorkers, versionOf } from './versioned-workers.ts';

/** Drainage is looked at by the minute otherwise. */
const quickDrainage = ['VisibilityGracePeriod', 'RefreshInterval'].flatMap((name) => [
  '--dynamic-config-value',
  `matching.wv.VersionDrainageStatus${name}="1s"`,
]);
const taskQueue = 'versions';
const holding = { release: 'v2', analysis: 'none', stages: [{ weight: 50, hold: '10m' }] };

let folder: string;
let world: World;
let workers: VersionedWorkers;
const code = { present: '', later: '' };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'belay-versions-'));
  code.present = (await builtWorkflows()).codePath;
  code.later = await bundle('later', './incompatible-workflows.ts');
  world = await World.open({
    openTemporal: async (home) => {
      const server = await devServer(quickDrainage);
      await announceServer(home, server.address);
      return {
        address: server.address,
        kill: () => Promise.reject(new Error('nobody kills this server')),
        bringBack: () => Promise.resolve(),
        stop: () => server.teardown(),
      };
    },
  });
  workers = new VersionedWorkers(world, taskQueue);
  await workers.start('a', code.present);
  await workers.makeCurrent('a');
});

afterAll(async () => {
  await workers.stopAll();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

test('workers of a version answer for acts and for watches', async () => {
  await eventually(async () =>
    expect(await workers.queues('a')).toEqual(
      expect.arrayContaining([taskQueue, `${taskQueue}-watch`]),
    ),
  );
});

test('belay doctor says which version takes up what is started, and what to do where none does', async () => {
  const checkVersion = (name: string, buildId: string) =>
    checkWorkerVersion(world.client, { name, buildId });
  expect(await checkVersion('belay-tests', 'a')).toMatchObject([{ state: 'ok' }]);
  expect(await checkVersion('belay-tests', 'z')).toMatchObject([
    {
      state: 'warn',
      detail: expect.stringContaining('new rollouts go to ') as string,
    },
  ]);
  expect(await checkVersion('nobody', 'a')).toMatchObject([
    { state: 'fail', detail: 'Temporal knows no worker deployment nobody' },
  ]);
});

test('a canary that holds while workers are upgraded ends in the version that began it', async () => {
  const holds = await holdingStand('checkout');
  const superseded = await holdingStand('basket');

  await workers.start('b', code.later);
  await workers.makeCurrent('b');

  const next = await holdingStand('search');
  expect(await versionOf(next.handle)).toBe('b');
  expect(await versionOf(holds.handle)).toBe('a');

  await holds.handle.signal('promote', { by: 'ana', stage: 50 });
  expect((await holds.result()).outcome).toBe('Promoted');
  expect(await versionOf(holds.handle)).toBe('a');
  expect(await replayedIn(code.present, holds)).toBeUndefined();
  expect(await replayedIn(code.later, holds)).toBeInstanceOf(DeterminismViolationError);

  await supersede(superseded, 'v3');
  await eventually(async () => expect(await versionOf(superseded.handle)).toBe('b'));

  await eventually(async () => expect(await workers.isDrained('a')).toBe(true));
  await workers.stop('a');
  for (const { handle } of [next, superseded]) {
    await handle.signal('abort', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ outcome: 'Aborted' });
  }
});

test('a canary whose version has no worker left waits, says so, and is moved by hand', async () => {
  await workers.start('c', code.present);
  await workers.makeCurrent('c');
  const stand = await holdingStand('payment');
  await workers.start('d', code.present);
  await workers.makeCurrent('d');
  await workers.stop('c');

  await expect(readKnownRollout(stand.ref, connections())).rejects.toThrow(
    /no worker of belay-tests:c, the version it belongs to, answers for it/,
  );
  await stand.handle.signal('promote', { by: 'ana', stage: 50 });
  expect(await versionOf(stand.handle)).toBe('c');

  await workers.moveTo('d', stand.handle);
  expect((await stand.result()).outcome).toBe('Promoted');
  expect(await versionOf(stand.handle)).toBe('d');
});

/** As `belay status` has them. */
function connections(): Connections {
  return {
    temporal: () => Promise.resolve(world.client),
    ledger: world.ledger,
  } as unknown as Connections;
}

/** The difference that a worker of this code finds in what the canary has done; none is undefined. */
async function replayedIn(codePath: string, { handle }: Stand): Promise<Error | undefined> {
  const history = await handle.fetchHistory();
  const replays = Worker.runReplayHistories(
    { workflowBundle: { codePath }, sinks: untracedWorkflows },
    [{ workflowId: handle.workflowId, history }],
  );
  for await (const { error } of replays) return error;
  throw new Error('nothing was replayed');
}

async function supersede(stand: Stand, release: string): Promise<void> {
  await stand.handle.executeUpdate<DeployReceipt, [unknown, DeployRequest]>(deployUpdate, {
    args: [
      stand.site.specOf({ ...holding, release, supersede: true }),
      { requestId: randomUUID(), kind: 'canary', by: 'bo' },
    ],
  });
}

/** A service that serves v1, and a canary of v2 in its hold. */
async function holdingStand(name: string): Promise<Stand> {
  const stand = new Stand(world, name, localSites(inProcess, taskQueue), taskQueue);
  await stand.serve();
  await stand.hush();
  await stand.start(holding);
  await stand.untilWatched();
  return stand;
}

async function bundle(name: string, entry: string): Promise<string> {
  const codePath = join(folder, `${name}.js`);
  const { code: text } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(entry, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(codePath, text);
  return codePath;
}
