import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import { RealTools } from '../../../scripts/backup-worlds/real-tools.ts';

const programs = await requireBackupPrograms('sets of a real PostgreSQL');

describe.skipIf(programs === undefined)('sets of a real PostgreSQL', () => {
  let world: BackupWorld;
  let full: BackupSet;
  let incremental: BackupSet;

  beforeAll(async () => {
    world = await BackupWorld.open(programs!, {
      // What it would keep by itself plays no part.
      pgbackrest: ['repo1-retention-full=1', 'repo2-retention-full=1', 'repo1-retention-diff=1'],
    });
    full = await world.makeSet('full');
    await world.mark('increment');
    incremental = await world.makeSet('incremental');
  });
  afterAll(() => world.close());

  test('a set says who made it, what it needs and which log it ends with', async () => {
    expect(incremental).toMatchObject({ type: 'incremental', needs: [full.label] });
    expect(incremental.madeBy).toMatch(/^prod\/shop\/1\/\d+$/);
    const { sets, foreign, problems, wal, freeBytes } = await world.contents();
    expect(sets).toEqual([full, incremental]);
    expect({ foreign, problems }).toEqual({ foreign: [], problems: [] });
    expect(wal).toHaveLength(1);
    expect(wal?.[0]?.last).toBe(incremental.wal?.stop.segment);
    expect(freeBytes).toBeGreaterThan(0);
  });

  test('the same act again, by an agent that remembers nothing, finds its set and makes no other', async () => {
    const tools = new RealTools();
    const [runRef, step] = ['prod/shop/1', Number(full.madeBy?.split('/').at(-1))];
    const again = {
      ...world.call,
      act: { runRef, step },
      repository: 'main',
      type: 'full',
    } as const;
    expect(await world.providerFor({}, tools).makeSet(again, world.attempt())).toEqual(full);
    expect(tools.acts).toEqual([]);
  });

  test('a set of another plan, and one that nobody of ours made, are foreign', async () => {
    const other = {
      ...world.call,
      plan: { environment: 'prod', backup: 'other' },
      repository: 'main',
    };
    const { foreign } = await world.provider.readRepository(other, world.attempt());
    expect(foreign).toEqual([full.label, incremental.label]);
  });

  test('sound sets are not called damaged, read in full or in part', async () => {
    for (const percent of [undefined, 10, 100]) {
      const check = await world.check(incremental.label, percent === undefined ? {} : { percent });
      expect(check.damage).toEqual([]);
      expect(check.extent).toEqual(
        percent === undefined ? { kind: 'all' } : { kind: 'sample', percent },
      );
      expect(check.bytesRead).toBeGreaterThan(0);
    }
  });

  test('the retention that is written in the configuration of the tool expires nothing', async () => {
    const second = await world.makeSet('full');
    const { sets } = await world.contents();
    expect(sets).toEqual([full, incremental, second]);
  });

  test('the first set of another repository leads to the same position, and expires nothing of the first', async () => {
    const call = { ...world.call, act: world.nextAct(), repository: 'main', label: full.label };
    const before = await world.contents();
    const { set, equal } = await world.provider.copySet(
      { ...call, to: 'offsite' },
      world.attempt(),
    );
    expect(set).toMatchObject({ repository: 'offsite', type: 'full', identity: full.identity });
    const after = await world.contents();
    expect(after.sets).toEqual(before.sets);
    expect(after.wal?.[0]?.first).toBe(before.wal?.[0]?.first);
    expect(equal).toContain(`both repositories lead to ${set.wal?.stop.lsn ?? ''}`);
  });

  describe('in the middle of a backup', () => {
    /** The folder of the set that is being made, once there is one. */
    const begun = async (known: ReadonlySet<string>, part: string) => {
      const { cluster } = world;
      const sets = join(cluster.repositoryFolder('main'), 'backup', cluster.stanza);
      return eventually(async () => {
        const found = (await readdir(sets)).find((name) => !known.has(name) && name.endsWith('F'));
        if (found === undefined || !existsSync(join(sets, found, part))) throw new Error('not yet');
        return found;
      });
    };
    const listed = async () => new Set((await world.contents()).sets.map(({ label }) => label));

    test('a tool that is killed fails the act and leaves no lock; what it began is not restored', async () => {
      const { tools } = world;
      const known = await listed();
      let unfinished = '';
      tools.duringNextAct = async (program) => {
        unfinished = await begun(known, 'pg_data');
        program.kill('SIGKILL');
      };
      await expect(world.makeSet()).rejects.toThrow('the backup was killed by SIGKILL');
      // The kernel ends what the tool has started, and with it the lock, in its own time.
      await eventually(async () => {
        const { problems } = await world.contents();
        expect(problems).toEqual([expect.stringMatching(`${unfinished} is not finished`)]);
      });
      await expect(world.restore(unfinished, { kind: 'set' })).rejects.toThrow(
        `${unfinished} is not finished: it is still being made, or what made it was ended`,
      );
      const next = await world.makeSet();
      expect((await world.contents()).problems).toEqual([]);
      expect((await world.check(next.label)).damage).toEqual([]);
    });

    test('PostgreSQL that is killed fails the backup, and the next one works', async () => {
      const { cluster, tools } = world;
      const known = await listed();
      tools.duringNextAct = async () => {
        await begun(known, 'pg_data');
        await cluster.killServer();
      };
      await expect(world.makeSet()).rejects.toThrow(/^the backup: exit code \d+/);
      expect(await listed()).toEqual(known);
      await eventually(() =>
        expect(world.makeSet()).rejects.toThrow(/exit code 56 .*is it running/),
      );
      const { refusals } = await world.provider.examineSource(world.call, world.attempt());
      expect(refusals).toEqual([expect.stringContaining('PostgreSQL does not answer')]);
      await rm(join(cluster.dataFolder, 'postmaster.pid'), { force: true });
      await cluster.startServer();
      await world.makeSet('incremental');
    });
  });

  test('expiry refuses what another set needs, removes what it is told, and the log before the rest', async () => {
    const before = await world.contents();
    const expire = async (...labels: string[]) =>
      world.provider.expireSets(
        { ...world.call, act: world.nextAct(), repository: 'main', labels },
        world.attempt(),
      );
    await expect(expire(full.label)).rejects.toThrow(
      `${full.label} is needed by ${incremental.label}`,
    );
    const labels = before.sets.map(({ label }) => label);
    await expect(expire(...labels)).rejects.toThrow('no full set would be left');
    const ofOther = {
      ...{ ...world.call, plan: { environment: 'prod', backup: 'other' } },
      ...{ act: world.nextAct(), repository: 'main', labels: [full.label, incremental.label] },
    };
    await expect(world.provider.expireSets(ofOther, world.attempt())).rejects.toThrow(
      `${full.label} was not made by this plan`,
    );
    expect((await world.contents()).sets).toEqual(before.sets);
    const { gone, freedBytes } = await expire(full.label, incremental.label);
    expect(gone).toEqual([full.label, incremental.label]);
    expect(freedBytes).toBeGreaterThan(full.storedBytes ?? Infinity);
    const after = await world.contents();
    expect(after.sets).toEqual(before.sets.slice(2));
    expect(after.wal?.[0]?.first).toBe(after.sets[0]?.wal?.start.segment);
    // The same act again, after it was forgotten.
    expect(await expire(full.label)).toMatchObject({ gone: [full.label] });
  });
});
