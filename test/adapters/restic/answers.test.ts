import { describe, expect, test } from 'vitest';
import { judgeFailure } from '../../../src/adapters/restic/answers/judge-failure.ts';
import { readSummary, readUnread } from '../../../src/adapters/restic/answers/read-backup.ts';
import { readCheck } from '../../../src/adapters/restic/answers/read-check.ts';
import { readFreed } from '../../../src/adapters/restic/answers/read-freed.ts';
import { describeLock, isLeft, readLock } from '../../../src/adapters/restic/answers/read-lock.ts';
import { readNode } from '../../../src/adapters/restic/answers/read-nodes.ts';
import { readRestore } from '../../../src/adapters/restic/answers/read-restore.ts';
import { readSnapshots } from '../../../src/adapters/restic/answers/read-snapshots.ts';
import { readStats } from '../../../src/adapters/restic/answers/read-stats.ts';
import { readVersion } from '../../../src/adapters/restic/answers/read-version.ts';

const answer = (stderr: string, { exitCode = 1, stdout = '' } = {}) => ({
  exitCode,
  stdout,
  stderr,
});

describe('why restic failed', () => {
  const location = '\nIs there a repository at the following location?\ns3:http://store/files\n';
  test.each([
    ['Fatal: wrong password or no key found', 'key'],
    [
      `Fatal: unable to open config file: stat /srv/restic/config: no such file or directory${location}`,
      'absent',
    ],
    [
      `Fatal: unable to open config file: Stat: The specified key does not exist.${location}`,
      'absent',
    ],
    [
      `Fatal: unable to open config file: Stat: The specified bucket does not exist${location}`,
      'absent',
    ],
    [
      `Fatal: unable to open config file: Stat: The access key ID you provided does not exist in our records.${location}`,
      'final',
    ],
    [
      `Fatal: unable to open config file: Stat: The request signature we calculated does not match the signature you provided. Check your key and signing method.${location}`,
      'final',
    ],
    [
      `Fatal: unable to open config file: Stat: Get "http://127.0.0.1:45897/files/?location=": dial tcp 127.0.0.1:45897: connect: connection refused${location}`,
      'passing',
    ],
    [
      `Fatal: unable to open config file: Stat: Get "https://nowhere.invalid/files/?location=": dial tcp: lookup nowhere.invalid on 10.0.0.1:53: no such host${location}`,
      'passing',
    ],
    [
      'unable to create lock in backend: repository is already locked by PID 11113 on vm by root (UID 0, GID 0)\nlock was created at 2026-11-29 07:50:19 (4.3s ago)\nstorage ID 4aba8c2e',
      'locked',
    ],
    ['Fatal: config or key 6ddbe3c6 is damaged: ciphertext verification failed', 'final'],
    [
      'Fatal: unable to save snapshot: write /srv/restic/data/0e/x: no space left on device',
      'final',
    ],
  ])('%s', (stderr, kind) => {
    expect(judgeFailure(answer(stderr)).kind).toBe(kind);
  });

  test.each([
    'Fatal: unable to remove <snapshot/0a1b>: Object is WORM protected and cannot be overwritten',
    'client.RemoveObject: Access Denied because object protected by object lock.',
    'remove failed: the object is under a legal hold',
  ])('a storage that keeps what is to go says so: %s', (stderr) => {
    const { kind, words } = judgeFailure(answer(stderr));
    expect(kind).toBe('final');
    expect(words).toContain('object lock or a retention of the bucket');
  });

  test.each([
    [10, 'absent'],
    [11, 'locked'],
    [12, 'key'],
  ])('exit code %i of restic 0.17 and later', (exitCode, kind) => {
    expect(judgeFailure(answer('{"message_type":"exit_error"}', { exitCode })).kind).toBe(kind);
  });
});

describe('what a backup says at its end', () => {
  const summary =
    '{"message_type":"summary","files_new":2,"dirs_new":2,"data_added":301955,"total_files_processed":2,"total_bytes_processed":300003,"total_duration":0.210126755,"snapshot_id":"e8c49fa3"}';

  test('its summary is found after thousands of other lines, of which the middle was cut', () => {
    const stdout = `{"message_type":"status","percent_done":0}\n[123456 bytes left out]\nent_done":1}\n${summary}\n`;
    expect(readSummary(stdout)).toEqual({
      ...{ snapshot: 'e8c49fa3', files: 2, bytes: 300_003, storedBytes: 301_955, tookMs: 210 },
    });
    expect(readSummary('')).toBeUndefined();
  });

  test('what could not be read is named with the reason, and what was skipped, too', () => {
    const stderr = [
      '/srv/gone does not exist, skipping',
      '{"message_type":"error","error":{"Op":"open","Path":"/srv/secret","Err":13},"during":"archival","item":"/srv/secret"}',
      '{"message_type":"error","error":{"message":"open /srv/x: no such file"},"during":"archival","item":"/srv/x"}',
      'Warning: at least one source file could not be read',
    ].join('\n');
    expect(readUnread(stderr)).toEqual([
      '/srv/gone (it does not exist)',
      '/srv/secret (permission denied)',
      '/srv/x (open /srv/x: no such file)',
    ]);
  });
});

describe('what a check says', () => {
  const pack = '0e9dc1e40e813ca45484b9afc936971f2961cd3341a51449cf211cefe4b45ae7';

  test('only an exit code of 0 and its own words are clean', () => {
    expect(
      readCheck(answer('', { exitCode: 0, stdout: 'read all data\nno errors were found\n' })),
    ).toEqual({
      ...{ findings: [], orphans: [], isClean: true },
    });
    const silent = readCheck(answer('', { exitCode: 0, stdout: 'read all data\n' }));
    expect(silent).toMatchObject({ isClean: false, findings: [{ of: { kind: 'all' } }] });
  });

  test('a missing pack is one finding, however often restic tried to load it', () => {
    const stderr = [
      `pack ${pack}: does not exist`,
      `Load(<data/0e9dc1e40e>, 400130, 0) returned error, retrying after 552.330144ms: open w/data/0e/${pack}: no such file or directory`,
      `pack ${pack} failed to download: StreamPack: open w/data/0e/${pack}: no such file or directory`,
      'Fatal: repository contains errors',
    ].join('\n');
    expect(readCheck(answer(stderr)).findings).toEqual([
      { of: { kind: 'pack', id: pack }, where: `pack ${pack}`, what: 'it is missing' },
    ]);
  });

  test('blobs that no index has are named by what they are needed for', () => {
    const stderr = [
      'error for tree 41b95ced:',
      '  id 41b95ced44a40f999fb5b2733e21cbf4d562607077590942534e9e94a02cc9bd not found in repository',
      'error for tree 422bb3e1:',
      '  tree 422bb3e18b3db93e541cf41b3621e5a88eecf5fbdfeb85df96c34ffcab61c687: file "f1" blob 4f7f45eb3497d30d5bad9ad49f33c04a060b2626e8f99b8153c38bdd7e30ce53 not found in index',
      'Fatal: repository contains errors',
    ].join('\n');
    expect(readCheck(answer(stderr)).findings.map(({ of }) => of.kind)).toEqual(['tree', 'blob']);
  });

  test('packs that a killed backup left are no damage', () => {
    const stdout = `pack ${pack}: not referenced in any index\n1 additional files were found in the repo, which likely contain duplicate data.\nno errors were found\n`;
    expect(readCheck(answer('', { exitCode: 0, stdout }))).toEqual({
      ...{ findings: [], orphans: [pack], isClean: true },
    });
  });

  test('restic 0.17 and later say the same in other words', () => {
    const stderr = [
      `error: pack ${pack} contains 2 errors: [blob 4f7f: decrypting blob <data/4f7f> from 0e9dc1e4 failed: ciphertext verification failed unexpected pack id ${'5'.repeat(64)}]`,
      'error: failed to load snapshot 020f798a: LoadRaw(<snapshot/020f798acf>): invalid data returned',
      'Fatal: repository contains errors',
    ].join('\n');
    expect(readCheck(answer(stderr)).findings).toMatchObject([
      {
        of: { kind: 'pack', id: pack },
        what: `its content is not what was written: its hash is ${'5'.repeat(64)}`,
      },
      { of: { kind: 'snapshot', id: '020f798acf' } },
    ]);
    const listed = `Ignoring "${pack}": failed to load snapshot 0e9dc1e4: LoadRaw(<snapshot/0e9dc1e40e>): invalid data returned`;
    expect(readSnapshots(answer(listed, { stdout: '[]' }))?.unreadable).toMatchObject([
      { id: pack },
    ]);
    expect(
      judgeFailure(answer('Fatal: LoadRaw(<key/6ddbe3c635>): invalid data returned')).kind,
    ).toBe('final');
    const restored =
      'Summary: Restored 1 files/dirs (0 B) in 0:00, skipped 2 files/dirs 781.250 KiB\nfinished verifying 0 files in r (took 0s)\n';
    expect(readRestore(restored, '')).toEqual({ verified: 0, skipped: 2, errors: [] });
  });

  test('an end without anything that is known is damage of all', () => {
    const { findings } = readCheck(answer('panic: runtime error', { exitCode: 2 }));
    expect(findings).toEqual([
      {
        of: { kind: 'all' },
        where: 'the repository',
        what: 'restic check ended with exit code 2: panic: runtime error',
      },
    ]);
  });
});

describe('lists', () => {
  const listed = {
    time: '2026-11-29T07:46:10.228225139Z',
    tree: 'b243',
    paths: ['/srv'],
    hostname: 'prod/shop',
    tags: ['belay-run=a/1'],
    id: 'e8c4',
  };

  test('snapshots come oldest first, and those that cannot be read are named, although restic exits with 0', () => {
    const newer = { ...listed, id: 'ffff', time: '2026-11-29T08:00:00+01:00' };
    const stdout = JSON.stringify([listed, newer]);
    const stderr =
      'could not load snapshot 020f798a: load <snapshot/020f798acf>: invalid data returned\n';
    expect(readSnapshots({ exitCode: 0, stdout, stderr })).toMatchObject({
      snapshots: [{ id: 'ffff' }, { id: 'e8c4' }],
      unreadable: [{ id: '020f798a' }],
    });
  });

  test('an empty repository has none, and anything else is no list', () => {
    expect(readSnapshots(answer('', { stdout: 'null' }))?.snapshots).toEqual([]);
    expect(readSnapshots(answer('', { stdout: '' }))?.snapshots).toEqual([]);
    expect(readSnapshots(answer('', { stdout: '{"a":1}' }))).toBeUndefined();
    expect(readSnapshots(answer('', { stdout: '[{"id":"x","time":"?"}]' }))).toBeUndefined();
  });

  test('restic 0.17 and later keep the sizes and times of a backup', () => {
    const summary = {
      ...{ backup_start: '2026-11-29T07:00:00Z', backup_end: '2026-11-29T07:01:00Z' },
      ...{ total_bytes_processed: 10, data_added: 8, data_added_packed: 5 },
    };
    const read = readSnapshots(answer('', { stdout: JSON.stringify([{ ...listed, summary }]) }));
    expect(read?.snapshots[0]?.summary).toEqual({
      ...{ bytes: 10, storedBytes: 5 },
      startedAtMs: Date.parse('2026-11-29T07:00:00Z'),
      stoppedAtMs: Date.parse('2026-11-29T07:01:00Z'),
    });
  });

  test('statistics of an unknown snapshot are none, although restic exits with 0', () => {
    expect(
      readStats('{"total_size":0,"total_file_count":0,"snapshots_count":0}\n'),
    ).toBeUndefined();
    expect(readStats('{"total_size":3,"total_file_count":6,"snapshots_count":1}\n')).toEqual({
      bytes: 3,
      nodes: 6,
    });
  });

  test('the nodes of a set have plain permissions', () => {
    const stdout = `${JSON.stringify({ ...listed, struct_type: 'snapshot' })}\n{"name":"src","type":"dir","path":"/src","uid":1,"gid":2,"mode":2147484141,"mtime":"2026-11-29T07:46:06.987286684Z","struct_type":"node"}\n`;
    expect(stdout.split('\n').map(readNode)).toEqual([
      undefined,
      {
        ...{ path: '/src', type: 'dir', size: 0, uid: 1, gid: 2, mode: 0o755 },
        modifiedAtMs: Date.parse('2026-11-29T07:46:06.987Z'),
      },
      undefined,
    ]);
  });
});

describe('locks', () => {
  const text = JSON.stringify({
    ...{
      time: '2026-11-29T07:50:19.978Z',
      exclusive: true,
      hostname: 'vm',
      username: 'root',
      pid: 7,
    },
  });
  const nowMs = Date.parse('2026-11-29T08:00:00Z');
  const witness = { host: 'vm', nowMs, isAlive: () => true };

  test.each([
    ['its process is gone', { ...witness, isAlive: () => false }, true],
    ['its process is alive', witness, false],
    ['it is of another host', { ...witness, host: 'other', isAlive: () => false }, false],
    ['it is older than a living process leaves it', { ...witness, nowMs: nowMs + 1_800_000 }, true],
  ])('%s', (_, seenBy, expected) => {
    const lock = readLock('4aba8c2e72066b53', text)!;
    expect(isLeft(lock, seenBy)).toBe(expected);
    expect(describeLock(lock, seenBy)).toMatch(
      expected ? /the next act removes it$/ : /nothing else can be done until it is released$/,
    );
  });
});

test('what a prune has freed', () => {
  expect(
    readFreed('to delete: 4 blobs / 1.048 KiB\ntotal prune:           4 blobs / 1.048 KiB\n'),
  ).toBe(1_073);
  expect(readFreed('done')).toBeUndefined();
});

test('what a restore has verified, and what it failed at', () => {
  expect(readRestore('finished verifying 2 files in r/x (took 1ms)\n', '')).toEqual({
    verified: 2,
    errors: [],
  });
  expect(
    readRestore('', 'ignoring error for /src/f1: ReadFull: EOF\nFatal: There were 1 errors\n')
      .errors,
  ).toHaveLength(2);
});

test.each([
  ['restic 0.14.0 compiled with go1.19.8 on linux/amd64', 'restic 0.14.0', true],
  ['restic 0.18.1 compiled with go1.24', 'restic 0.18.1', true],
  ['restic 0.12.1 compiled with go1.15', 'restic 0.12.1', false],
])('%s', (stdout, name, isKnown) => {
  expect(readVersion(stdout)).toEqual({ name, isKnown });
});
