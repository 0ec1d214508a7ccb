import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { ObjectStore } from '../../fixtures/backups/object-store.ts';
import { provideSeaweedfs } from '../../setup/provide-seaweedfs.ts';
import { FileWorld } from '../../../scripts/backup-worlds/file-world.ts';

const programs = await requireBackupPrograms('files in an object store');
const weed = programs && (await provideSeaweedfs(loadConfig().cache));
if (weed === undefined) console.warn('skipped: files in an object store: no SeaweedFS');

describe.skipIf(weed === undefined)('files in an object store, by restic', () => {
  let store: ObjectStore;
  let world: FileWorld;

  beforeAll(async () => {
    store = await ObjectStore.start(weed!, 'files');
    const environment = store.resticVariables;
    world = await FileWorld.open({
      program: programs!.restic,
      repositories: {
        bucket: { location: `s3:${store.url}/files/main`, environment },
        local: { environment },
      },
      cache: true,
    });
  });
  afterAll(async () => {
    await world.close();
    await store.close();
  });

  test('a repository that is not there yet is told apart from a store that does not answer', async () => {
    world.repositories[0]!.create = false;
    expect((await world.examine()).refusals).toEqual([
      expect.stringContaining('repository bucket does not exist'),
    ]);
    world.repositories[0]!.create = true;
    await store.down();
    const { refusals } = await world.examine();
    expect(refusals).toEqual([expect.stringContaining('repository bucket: it cannot be reached')]);
    await expect(world.make()).rejects.toMatchObject({ code: 'unfinished' });
    await store.up();
  });

  test('a set is made, checked in full, copied to a folder, restored and expired', async () => {
    const set = await world.make();
    expect((await world.read()).sets.map(({ label }) => label)).toEqual([set.label]);
    expect(await world.check(set)).toMatchObject({ damage: [] });
    const { set: copied } = await world.copy(set, 'local');
    expect(copied).toMatchObject({ repository: 'local', bytes: set.bytes });
    const copy = await world.restore(set);
    expect(await readFile(join(copy.folder, world.source, 'invoices/1.txt'), 'utf8')).toBe('one');
    expect(await world.expire([set.label])).toMatchObject({ gone: [set.label] });
    expect((await world.read()).sets).toEqual([]);
    expect((await world.read(undefined, 'local')).sets).toHaveLength(1);
  });

  test('credentials that the store refuses are refused, and none of them is in the message', async () => {
    const [bucket] = world.repositories;
    const { environment } = bucket!;
    bucket!.environment = {
      ...environment,
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'not-to-be-seen',
    };
    const { refusals } = await world.examine();
    bucket!.environment = environment;
    expect(refusals).toEqual([
      expect.stringContaining('the agent may not do that with its storage'),
    ]);
    expect(refusals.join()).not.toContain('not-to-be-seen');
  });
});
