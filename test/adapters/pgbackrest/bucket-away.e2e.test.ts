import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { ObjectStore } from '../../fixtures/backups/object-store.ts';
import { provideSeaweedfs } from '../../setup/provide-seaweedfs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';

const programs = await requireBackupPrograms('sets of PostgreSQL in an object store');
const weed = await provideSeaweedfs(loadConfig().cache);
if (weed === undefined) console.warn('skipped: backups in an object store: no SeaweedFS');

describe.skipIf(programs === undefined || weed === undefined)(
  'sets in an object store that is away',
  () => {
    let world: BackupWorld;
    let store: ObjectStore;
    beforeAll(async () => {
      store = await ObjectStore.start(weed!, 'database');
      world = await BackupWorld.open(programs!, {
        repositories: { bucket: store.pgbackrestOptions('database') },
      });
    });
    afterAll(async () => {
      await world.close();
      await store.close();
    });

    test('are not taken for none: it is tried again, and others are read meanwhile', async () => {
      await store.down();
      const bucket = world.contents('bucket');
      const refused = expect(bucket).rejects.toMatchObject({ code: 'unfinished' });
      expect((await world.contents('main')).sets).toEqual([]);
      await refused;
    });
  },
);
