/**
 * The queue of an agent with real tools. The agent and the tools are killed by SIGKILL in the middle
 * of a backup, of a restore and of a copy that runs: the same act goes on or is found again, the run
 * gets its answer, and nothing is left behind.
 */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { BackupSet, RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { RestoredCopy } from '../../../src/contracts/backups/store.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { failureOf } from '../agent-world.ts';
import { StoreWorld } from './store-world.ts';

const programs = await requireBackupPrograms('what an agent backs up');

describe.skipIf(programs === undefined)('an agent that backs up its host', () => {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await StoreWorld.open(programs!);
    await world.cluster.sql('CREATE TABLE shop AS SELECT generate_series(1, 1000) AS id');
  });
  afterAll(() => (world as StoreWorld | undefined)?.close());
  afterEach(() => nothingIsLeft());

  async function nothingIsLeft(): Promise<void> {
    await eventually(async () => expect(await world.agents.leftRunning()).toBe(0), 20_000);
    await eventually(async () => expect(await world.agents.watchdogs()).toEqual([]), 20_000);
    expect(await processesIn(world.copies)).toEqual([]);
  }

  async function setsOf(component: typeof world.files, repository: string): Promise<BackupSet[]> {
    const [contents] = (await (await world.start(component, { read: repository })).result()) as [
      RepositoryContents,
    ];
    return [...contents.sets];
  }

  async function restart(): Promise<void> {
    await world.agents.killAgent();
    await world.agents.startAgent();
  }

  async function requireServer(): Promise<void> {
    const running = await processesIn(world.copies);
    if (!running.some((line) => line.includes('/postgres -D '))) throw new Error('no copy runs');
  }

  const foldersOfCopies = async () =>
    (await readdir(world.copies)).filter((name) => !name.includes('.'));

  test('shows what it can back up', async () => {
    const { more } = await world.description();
    expect(Object.keys(more ?? {})).toEqual(['cluster', 'repository', 'path', 'copies']);
    expect(more?.['cluster']?.[0]).toMatchObject({ name: 'main' });
    expect(
      Object.values(more ?? {})
        .flat()
        .filter(({ unavailable }) => unavailable),
    ).toEqual([]);
  });

  test('refuses what its settings do not list, before a tool is started', async () => {
    const handle = await world.start(world.filesAt('/etc'), { make: 'flies' });
    const { type, message } = await failureOf(handle.result());
    expect(type).toBe('AgentRefused');
    expect(message).toContain('it has no repository "flies"; did you mean "files"?');
    expect(message).toContain('/etc is outside the paths of its settings');
  });

  describe.each([
    { tool: 'restic', repository: 'files', component: () => world.files },
    { tool: 'pgbackrest', repository: 'main', component: () => world.database },
  ] as const)('a backup by $tool', ({ tool, repository, component }) => {
    test('goes on when the agent is killed in the middle of it, and is made once', async () => {
      const before = await setsOf(component(), repository);
      await world.hold(tool, 'backup');
      const handle = await world.start(component(), { make: repository });
      const pid = await world.held(tool, 'backup');
      await restart();
      expect(isRunning(pid)).toBe(true);
      await world.release(tool, 'backup');
      const [set] = (await handle.result()) as [BackupSet];
      const after = await setsOf(component(), repository);
      expect(after.map(({ label }) => label)).toEqual([
        ...before.map(({ label }) => label),
        set.label,
      ]);
    });

    test('is found again when the agent is killed before it has told the run', async () => {
      const before = await setsOf(component(), repository);
      await world.agents.setTrap('after-result');
      const handle = await world.start(component(), { make: repository });
      await world.agents.untilDead();
      await world.agents.startAgent();
      const [set] = (await handle.result()) as [BackupSet];
      expect(set.madeBy).toContain(handle.workflowId);
      expect(await setsOf(component(), repository)).toHaveLength(before.length + 1);
    });

    test('fails within the heartbeat when the tool is killed, and leaves no set', async () => {
      const before = await setsOf(component(), repository);
      await world.hold(tool, 'backup');
      const handle = await world.start(component(), { make: repository });
      const pid = await world.held(tool, 'backup');
      const killedMs = performance.now();
      process.kill(pid, 'SIGKILL');
      const { type } = await failureOf(handle.result());
      expect(performance.now() - killedMs).toBeLessThan(15_000);
      await world.release(tool, 'backup');
      expect(type).toMatch(/^Agent/);
      expect(await setsOf(component(), repository)).toEqual(before);
    });

    test('is reported as lost when its watchdog is killed, and what it had started is ended', async () => {
      await world.hold(tool, 'backup');
      const handle = await world.start(component(), { make: repository });
      const pid = await world.held(tool, 'backup');
      for (const watchdog of await world.agents.watchdogs()) process.kill(watchdog.pid, 'SIGKILL');
      expect((await failureOf(handle.result())).type).toBe('AgentActLost');
      expect(isRunning(pid)).toBe(false);
      await world.release(tool, 'backup');
    });

    test('ends when its run is cancelled', async () => {
      await world.hold(tool, 'backup');
      const handle = await world.start(component(), { make: repository });
      const pid = await world.held(tool, 'backup');
      await handle.cancel();
      await handle.result().catch(() => undefined);
      expect(isRunning(pid)).toBe(false);
      await world.release(tool, 'backup');
    });
  });

  test('a restore of files goes on when the agent is killed in the middle of it', async () => {
    const label = (await setsOf(world.files, 'files'))[0]?.label ?? '';
    await world.hold('restic', 'restore');
    const handle = await world.start(
      world.files,
      { restore: 'files', label, keepForMs: 60_000 },
      { remove: true },
    );
    await world.held('restic', 'restore');
    await restart();
    await world.release('restic', 'restore');
    const [copy, removed] = (await handle.result()) as [RestoredCopy, unknown];
    expect(copy.folder.startsWith(world.copies)).toBe(true);
    expect(removed).toEqual({ removed: true });
    expect(await foldersOfCopies()).toEqual([]);
  });

  test('a cluster is restored, run and asked, although the agent is killed in the middle of each', async () => {
    await world.cluster.archiveLog();
    const label = (await setsOf(world.database, 'main'))[0]?.label ?? '';
    await world.hold('pgbackrest', 'restore');
    const handle = await world.start(
      world.database,
      { restore: 'main', label, keepForMs: 120_000 },
      { run: [sqlOf('SELECT count(*) FROM shop', '1000')], forMs: 100_000 },
      { remove: true },
    );
    await world.held('pgbackrest', 'restore');
    await restart();
    await world.release('pgbackrest', 'restore');
    await eventually(async () => {
      await requireServer();
    });
    await restart();
    const [copy, asserted, removed] = (await handle.result()) as [RestoredCopy, unknown, unknown];
    expect(copy.bytes).toBeGreaterThan(1_000_000);
    expect(asserted).toMatchObject([{ passed: true, seen: '1000' }]);
    expect(removed).toEqual({ removed: true });
    expect(await foldersOfCopies()).toEqual([]);
  });

  test('a copy whose run is gone is ended and removed once its time is over, also by the next agent', async () => {
    const label = (await setsOf(world.database, 'main'))[0]?.label ?? '';
    const handle = await world.start(
      world.database,
      { restore: 'main', label, keepForMs: 4_000 },
      { run: [sqlOf('SELECT pg_sleep(60)', '')], forMs: 100_000 },
    );
    await eventually(async () => {
      await requireServer();
    });
    await handle.terminate();
    await world.agents.killAgent();
    expect(await foldersOfCopies()).toHaveLength(1);
    await world.agents.startAgent();
    await eventually(async () => expect(await foldersOfCopies()).toEqual([]), 60_000);
  });
});

const sqlOf = (query: string, expect: string) =>
  ({ kind: 'sql', name: 'asked', database: 'postgres', query, expect }) as const;

function isRunning(pid: number): boolean {
  try {
    return !/^\S+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Processes that work in a folder, by their command lines. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
      return line.includes(folder) ? [line] : [];
    } catch {
      return [];
    }
  });
}
