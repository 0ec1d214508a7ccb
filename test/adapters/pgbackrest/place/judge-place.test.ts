import { describe, expect, it } from 'vitest';
import {
  judgePlace,
  type PlaceEvidence,
} from '../../../../src/adapters/pgbackrest/place/judge-place.ts';

const mib = 1024 ** 2;

const sound: PlaceEvidence = {
  ...{ cluster: 'main', dataFolder: '/srv/pg/data', parent: '/srv/pg', user: 'postgres' },
  ...{ hasService: true, data: 'folder', isStandby: false, keep: true },
  ...{
    bytes: 1000 * mib,
    freeBytes: 2000 * mib,
    mayRename: true,
    mounts: [],
    links: [],
    tablespaces: [],
  },
};

describe('the place of a database', () => {
  it('is taken where its server can be stopped and its folder be kept', () => {
    expect(judgePlace(sound)).toEqual([]);
    expect(judgePlace({ ...sound, freeBytes: 1100 * mib })).toEqual([]);
  });

  it.each<[string, Partial<PlaceEvidence>, string]>([
    ['no service', { hasService: false }, 'have no stop and start of cluster main'],
    [
      'a Patroni',
      { inCharge: { manager: 'Patroni', why: 'clusters.main.patroni is there' } },
      'Restore beside it',
    ],
    [
      'CloudNativePG',
      { inCharge: { manager: 'CloudNativePG', why: 'custom.conf says so' } },
      'bootstrap.recovery',
    ],
    ['no data folder', { data: 'absent' }, 'there is no data folder /srv/pg/data'],
    ['a standby', { isStandby: true }, 'restore its primary'],
    ['a link in place of the folder', { data: 'link' }, 'is a symbolic link'],
    ['a parent of others', { mayRename: false }, 'postgres may not rename folders in /srv/pg'],
    ['a mount', { mounts: ['/srv/pg/data'] }, 'is a file system of its own'],
    ['a log elsewhere', { links: ['pg_wal'] }, 'pg_wal of /srv/pg/data is a symbolic link'],
    ['a tablespace', { tablespaces: ['/ssd'] }, 'a tablespace is in /ssd'],
    ['no room for both', { freeBytes: 1099 * mib }, 'has 1099 MiB left, and 1100 MiB are needed'],
  ])('is not taken with %s', (_, more, why) => {
    expect(judgePlace({ ...sound, ...more }).join()).toContain(why);
  });

  it('is refused with every reason, and what can be done instead', () => {
    const reasons = judgePlace({
      ...sound,
      ...{ hasService: false, freeBytes: 0, links: ['pg_wal'], tablespaces: ['/ssd'] },
    });
    expect(reasons).toHaveLength(5);
    expect(reasons.at(-1)).toContain('without a safety copy');
  });

  it('is refused where nobody can say what is mounted in it, what are links, or what room there is', () => {
    const { mounts: _, links: __, freeBytes: ___, ...unknown } = sound;
    expect(judgePlace(unknown)).toEqual([
      'nobody can say what is mounted in /srv/pg/data: /proc/self/mountinfo cannot be read',
      'nobody can say what of /srv/pg/data is a symbolic link: it cannot be read',
      'nobody can say what /srv/pg has left, and 1100 MiB are needed to keep what is there now',
      expect.stringContaining('without a safety copy'),
    ]);
    expect(judgePlace({ ...unknown, keep: false })).toEqual([]);
  });

  it('needs no room where nothing is kept', () => {
    const crowded = { freeBytes: 0, links: ['pg_wal'], mounts: ['/srv/pg/data'] };
    expect(judgePlace({ ...sound, ...crowded, keep: false })).toEqual([]);
  });
});
