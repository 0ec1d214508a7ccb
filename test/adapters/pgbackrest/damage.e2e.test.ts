import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import { damages, type Damage } from './plant-damage.ts';

const programs = await requireBackupPrograms('damage in the repository of a real PostgreSQL');

describe.skipIf(programs === undefined)('damage in the repository of a real PostgreSQL', () => {
  let world: BackupWorld;

  beforeAll(async () => {
    world = await BackupWorld.open(programs!);
    await world.cluster.sql(
      'CREATE TABLE orders (id serial PRIMARY KEY, at timestamptz DEFAULT now())',
    );
    await world.cluster.sql('INSERT INTO orders SELECT FROM generate_series(1, 1000)');
  });
  afterAll(() => world.close());

  describe('damage in a repository', () => {
    const planted = damages({ own: '', middle: '' }).map(({ what }) => what);
    let set: BackupSet;
    let kinds: Map<string, Damage>;
    let folder: string;
    let good: string;
    let older: string;

    const keep = (as: string) => world.cluster.as('/bin/cp', '-a', folder, as);
    const serve = async (what: string) => {
      await rm(folder, { recursive: true });
      await world.cluster.as('/bin/cp', '-a', what, folder);
    };

    beforeAll(async () => {
      const { cluster } = world;
      folder = cluster.repositoryFolder('offsite');
      [good, older] = [`${folder}.good`, `${folder}.older`];
      await world.makeSet('full', 'offsite');
      await keep(older);
      set = await world.makeSet('full', 'offsite');
      await cluster.sql('INSERT INTO orders DEFAULT VALUES');
      const middle = await cluster.archiveLog();
      await cluster.sql('INSERT INTO orders DEFAULT VALUES');
      const last = await cluster.archiveLog();
      await world.archived(last, 'offsite');
      await keep(good);
      const own = set.wal!.stop.segment;
      kinds = new Map(damages({ own, middle }).map((kind) => [kind.what, kind]));
    });

    test.each(planted)('%s is found and named', async (what) => {
      const { plant, found, bySample } = kinds.get(what)!;
      await serve(good);
      await plant({ folder, stanza: world.cluster.stanza, label: set.label });
      const { damage, log = [] } = await world.check(set.label, {
        repository: 'offsite',
        ...(bySample && { percent: 1 }),
      });
      const named = [...damage, ...log].filter(
        ({ where, what: said }) => found.where.test(where) && found.what.test(said),
      );
      expect(named, JSON.stringify({ damage, log })).not.toEqual([]);
    });

    test('an older state of the repository, served in place of the newest, is found', async () => {
      await serve(older);
      const { damage } = await world.check(set.label, { repository: 'offsite' });
      expect(damage).toEqual([
        {
          where: set.label,
          what: expect.stringContaining('an older state of the repository') as unknown,
        },
      ]);
    });

    test('a flipped bit is found by a sample of everything, without the tool', async () => {
      await serve(good);
      const flipped = kinds.get('a bit of a table flipped')!;
      await flipped.plant({ folder, stanza: world.cluster.stanza, label: set.label });
      const { damage } = await world.check(set.label, { repository: 'offsite', percent: 100 });
      expect(damage).toEqual([
        { where: `${set.label}/pg_data/base/5/1247.lz4`, what: 'invalid checksum' },
      ]);
    });

    test('a set whose own log has a gap is not restored', async () => {
      await serve(good);
      const kind = [...kinds.values()].find((one) =>
        one.what.startsWith('a segment that the set needs'),
      )!;
      await kind.plant({ folder, stanza: world.cluster.stanza, label: set.label });
      await expect(
        world.restore(set.label, { kind: 'set' }, { repository: 'offsite' }),
      ).rejects.toThrow(`the log that ${set.label} needs to be consistent has a gap`);
      await serve(good);
    });
  });
});
