import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { ObjectStore } from '../../fixtures/backups/object-store.ts';
import { provideSeaweedfs } from '../../setup/provide-seaweedfs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';

const programs = await requireBackupPrograms('sets of PostgreSQL in an object store');
const weed = await provideSeaweedfs(loadConfig().cache);
if (weed === undefined) console.warn('skipped: backups in an object store: no SeaweedFS');

describe.skipIf(programs === undefined || weed === undefined)('sets in an object store', () => {
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

  test('are made, read back in full where a sample was asked for, and restored', async () => {
    const repository = 'bucket';
    const set = await world.makeSet('full', repository);
    const { sets, freeBytes } = await world.contents(repository);
    expect(sets).toEqual([set]);
    expect(freeBytes).toBeUndefined();
    const check = await world.check(set.label, { repository, percent: 1 });
    expect(check).toMatchObject({ extent: { kind: 'all' }, damage: [] });
    const { copy, remarks } = await world.restore(set.label, { kind: 'latest' }, { repository });
    expect(remarks).toEqual([expect.stringContaining('shares the network of the host')]);
    await world.asking(copy, async ({ state, detail }) => {
      expect(state, detail).toBe('promoted');
    });
    await world.remove(copy);
  });
});
