import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FileWorld } from '../../../scripts/backup-worlds/file-world.ts';

const programs = await requireBackupPrograms('files in restic');

describe.skipIf(programs === undefined)('files in a real restic repository', () => {
  let world: FileWorld;
  const open = (isAbsent = false) =>
    FileWorld.open({
      ...{ program: programs!.restic, repositories: { main: {}, offsite: {} } },
      isAbsent,
    });
  beforeEach(async () => {
    world = await open();
  });
  afterEach(() => world.close());

  test('the first backup creates the repository, and lists a set that names its run and step', async () => {
    world = await open(true);
    const before = await world.examine();
    expect(before.refusals).toEqual([]);
    expect(before.remarks).toContain('repository main does not exist: the first backup creates it');
    expect(await world.read()).toMatchObject({ sets: [], absent: true });
    const set = await world.make({ act: { runRef: 'run-1', step: 7 } });
    expect(set).toMatchObject({ madeBy: 'run-1/7', needs: [], type: 'full', bytes: 6 });
    expect(set.storedBytes).toBeGreaterThan(0);
    const { sets, foreign, problems, freeBytes } = await world.read();
    const { label, startedAtMs, bytes, madeBy } = set;
    expect(sets).toMatchObject([{ label, startedAtMs, bytes, madeBy }]);
    expect({ foreign, problems }).toEqual({ foreign: [], problems: [] });
    expect(freeBytes).toBeGreaterThan(0);
  });

  test('a repository that does not exist is refused where the settings do not say to create it', async () => {
    world = await open(true);
    world.repositories[0]!.create = false;
    const { refusals } = await world.examine();
    expect(refusals).toEqual([expect.stringContaining('repository main does not exist')]);
    await expect(world.make()).rejects.toThrow(/repository main does not exist/);
    await expect(world.read()).rejects.toThrow(/there is no repository/);
  });

  test('the same act again makes no second set', async () => {
    const act = { runRef: 'run-1', step: 1 };
    const first = await world.make({ act });
    expect(await world.make({ act })).toEqual(first);
    expect((await world.read()).sets).toHaveLength(1);
  });

  test('a path that is missing among others is refused before the backup, which restic only warns of', async () => {
    const gone = join(world.source, 'gone');
    const source = {
      kind: 'files' as const,
      paths: [join(world.source, 'invoices'), gone],
      exclude: [],
    };
    const component = world.component({ source });
    const refusal = `${gone} does not exist: was its storage mounted?`;
    expect((await world.examine(component)).refusals).toEqual([refusal]);
    await expect(world.make({ component })).rejects.toThrow(refusal);
  });

  test('paths outside of the settings, links out of them and empty sources are refused', async () => {
    await symlink('/etc', join(world.source, 'link'));
    await mkdir(join(world.source, 'empty'));
    const refusalsOf = async (...paths: string[]) => {
      const source = { kind: 'files' as const, paths, exclude: [] };
      return (await world.examine(world.component({ source }))).refusals.join('\n');
    };
    expect(await refusalsOf('/etc')).toContain('is not below a path of the agent’s settings');
    expect(await refusalsOf(`${world.source}/../../etc`)).toContain('"."');
    expect(await refusalsOf(join(world.source, 'link'))).toContain('is a symbolic link');
    expect(await refusalsOf(join(world.source, 'link/ssl'))).toContain('leads to /etc/ssl');
    expect(await refusalsOf(join(world.source, 'empty'))).toContain('nothing is in');
  });

  test('two plans in one repository do not see each other’s sets as their own, whatever host they run on', async () => {
    const ours = await world.make();
    const theirs = await world.make({ backup: 'blog' });
    const other = await world.make({ component: world.component({ name: 'thumbnails' }) });
    await world.restic(['backup', '--quiet', world.source]);
    const { sets, foreign } = await world.read();
    expect(sets.map(({ label }) => label)).toEqual([ours.label]);
    expect(foreign).toHaveLength(3);
    expect(foreign).toEqual(expect.arrayContaining([theirs.label, other.label]));
    const { stdout } = await world.restic(['snapshots', '--json', ours.label]);
    expect(JSON.parse(stdout)).toMatchObject([{ hostname: 'prod/shop' }]);
    await expect(world.expire([theirs.label])).rejects.toThrow(/not made by this plan/);
    expect((await world.read()).foreign).toContain(theirs.label);
  });

  test('a snapshot dated 2099 is a problem of the repository, and never a reason to expire others', async () => {
    const set = await world.make();
    await world.restic(['backup', '--quiet', '--time=2099-01-01 00:00:00', world.source]);
    const { problems, sets } = await world.read();
    expect(problems).toEqual([
      expect.stringMatching(/^snapshot \w+ is dated 2099-01-01.* a clock was wrong/),
    ]);
    expect(sets.map(({ label }) => label)).toEqual([set.label]);
    expect((await world.examine()).remarks.join()).toContain('is dated 2099-01-01');
  });

  test('a set of which something vanished meanwhile is partial, and never counts', async () => {
    await world.make();
    const component = world.component({
      source: {
        kind: 'files',
        paths: [join(world.source, 'invoices'), join(world.source, 'late')],
        exclude: [],
      },
    });
    await world.write('late/file', 'here');
    const { provider, tools } = world;
    const act = world.act();
    const read = tools.read.bind(tools);
    tools.read = async (tool) => {
      if (tool.argv.includes('unlock')) await rm(join(world.source, 'late'), { recursive: true });
      return await read(tool);
    };
    const call = { ...world.call(component), act, type: 'incremental' as const };
    await expect(provider.makeSet(call, tools.attempt)).rejects.toThrow(
      /the backup is partial, and does not count \(snapshot \w{64} in main\): not read: .*late \(it is gone\)/,
    );
    tools.read = read;
    const { sets } = await world.read();
    expect(sets.map(({ error }) => error)).toEqual([
      undefined,
      expect.stringContaining('nothing says that it is whole') as string,
    ]);
    await expect(world.copy(sets[1]!, 'offsite')).rejects.toThrow(
      'is not copied: nothing says that it is whole',
    );
    await expect(world.restore(sets[1]!)).rejects.toThrow('nothing says that it is whole');
  });

  test('a wrong password is refused, and said to be one or a damaged key', async () => {
    await world.make();
    await writeFile(join(world.folder, 'password'), 'another');
    const { refusals } = await world.examine();
    expect(refusals[0]).toContain(
      'repository main: the password of the agent’s settings opens no key of it',
    );
    await expect(world.make()).rejects.toMatchObject({ code: 'refused' });
    await expect(world.read()).rejects.toMatchObject({ code: 'refused' });
  });

  test('a repository on a full disk fails the backup, which says so, and leaves nothing that blocks the next one', async ({
    skip,
  }) => {
    world = await open(true);
    const main = join(world.folder, 'main');
    await mkdir(main);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', main]);
    } catch {
      skip('mounting a small file system needs root');
    }
    try {
      const set = await world.make();
      await world.write('large', randomBytes(12_000_000));
      await expect(world.make()).rejects.toThrow(/its storage is full: make room, or expire sets/);
      await rm(join(world.source, 'large'));
      const next = await world.make();
      expect(await world.expire([set.label])).toMatchObject({ gone: [set.label] });
      expect((await world.read()).sets.map(({ label }) => label)).toEqual([next.label]);
    } finally {
      execFileSync('umount', [main]);
    }
  });

  test('a backup that is killed leaves nothing that blocks the next backup or expiry', async () => {
    const first = await world.make();
    const speedUp = await slowDown(world, 500);
    for (const index of [1, 2, 3]) {
      await world.write(`large/${index}`, randomBytes(3_000_000));
      const act = world.act();
      const making = world.make({ act }).catch((error: unknown) => error);
      await world.tools.kill(act, () => untilLocked(world));
      expect(await making).toMatchObject({ code: 'refused' });
    }
    speedUp();
    expect(await lockFiles(world)).not.toEqual([]);
    const left = await world.read();
    expect(left.problems[0]).toMatch(/^locked: a lock .* was left by a process that is gone/);
    expect((await world.examine()).refusals).toEqual([]);
    const second = await world.make();
    const { gone } = await world.expire([first.label]);
    expect(gone).toEqual([first.label]);
    expect(await lockFiles(world)).toEqual([]);
    expect((await world.check(second)).damage).toEqual([]);
    expect((await world.read()).sets.map(({ label }) => label)).toEqual([second.label]);
  });

  test('a prune that is killed leaves nothing that blocks the next backup or prune', async () => {
    const first = await world.make();
    await world.write('invoices/3.txt', 'three');
    const second = await world.make();
    const speedUp = await slowDown(world, 1);
    const act = world.act();
    const expiring = world.expire([first.label], act).catch((error: unknown) => error);
    await world.tools.kill(act, () => untilLocked(world));
    expect(await expiring).toMatchObject({ code: 'refused' });
    speedUp();
    const third = await world.make();
    expect(await world.expire([first.label])).toMatchObject({ gone: [first.label] });
    expect(await lockFiles(world)).toEqual([]);
    const { sets } = await world.read();
    expect(sets.map(({ label }) => label)).toEqual([second.label, third.label]);
    expect((await world.check(third)).damage).toEqual([]);
  });

  test('a lock of a living process is never removed: the expiry says whose it is, and has expired nothing', async () => {
    const set = await world.make();
    await world.write('large', randomBytes(3_000_000));
    const speedUp = await slowDown(world, 500);
    const act = world.act();
    const making = world.make({ act });
    await world.tools.kill(act, async (child) => {
      await untilLocked(world);
      child.kill('SIGSTOP');
      speedUp();
      await expect(world.expire([set.label])).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(
          /is locked by somebody else \(.*process \d+.*\): none of these sets was expired/,
        ) as string,
      });
      expect(await lockFiles(world)).not.toEqual([]);
      expect((await world.read()).sets).toHaveLength(1);
    });
    await expect(making).rejects.toThrow(/killed/);
  });

  test('expired sets are gone from the repository, and a label that it never had counts as gone', async () => {
    const first = await world.make();
    await world.write('invoices/3.txt', 'three');
    const second = await world.make();
    const unknown = 'f'.repeat(64);
    const { gone, freedBytes } = await world.expire([first.label, unknown]);
    expect(gone).toEqual([first.label, unknown]);
    expect(freedBytes).toBeGreaterThan(0);
    expect((await world.read()).sets.map(({ label }) => label)).toEqual([second.label]);
  });

  test('a copy in another repository is proven equal, made once, and outlives its original', async () => {
    const set = await world.make();
    const { set: copied, equal } = await world.copy(set, 'offsite');
    expect(copied).toMatchObject({ repository: 'offsite', bytes: set.bytes, madeBy: set.madeBy });
    expect(equal).toContain('both have the tree');
    expect((await world.copy(set, 'offsite')).set.label).toBe(copied.label);
    await world.write('invoices/3.txt', 'three');
    await world.make();
    await world.expire([set.label]);
    const { sets } = await world.read(undefined, 'offsite');
    expect(sets.map(({ label }) => label)).toEqual([copied.label]);
    await expect(world.copy(set, 'offsite')).rejects.toThrow(/does not list snapshot/);
  });
});

/** Without what restic has begun to write, and not renamed yet. */
async function lockFiles({ repositories }: FileWorld): Promise<string[]> {
  const names = await readdir(join(repositories[0]!.location, 'locks'));
  return names.filter((name) => !name.includes('tmp'));
}

async function untilLocked(world: FileWorld): Promise<void> {
  await eventually(async () => expect(await lockFiles(world)).toHaveLength(1));
}

/** So that restic still writes when it is killed; returns what takes that back. */
async function slowDown(world: FileWorld, kibPerSecond: number): Promise<() => void> {
  const repository = world.repositories[0]!;
  const { program = '' } = repository;
  const slow = join(world.folder, 'slow-restic');
  const script = `#!/bin/sh\nexec ${program} --limit-upload=${kibPerSecond} "$@"\n`;
  await writeFile(slow, script, { mode: 0o755 });
  repository.program = slow;
  return () => {
    repository.program = program;
  };
}
