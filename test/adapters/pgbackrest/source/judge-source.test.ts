import { describe, expect, test } from 'vitest';
import {
  judgeSource,
  type SourceEvidence,
} from '../../../../src/adapters/pgbackrest/source/judge-source.ts';
import type { SourceState } from '../../../../src/adapters/pgbackrest/source/source-state.ts';
import type { PostgresClusterSettings } from '../../../../src/specs/backups/agent-settings.ts';
import { archiveOf, nameOf, upTo } from '../example-set.ts';

const settings: PostgresClusterSettings = {
  failover: false,
  name: 'main',
  dataFolder: '/var/lib/postgresql/15/main',
  socketFolder: '/var/run/postgresql',
  port: 5432,
  user: 'postgres',
  database: 'postgres',
  pgbackrest: {
    program: '/usr/bin/pgbackrest',
    config: '/etc/pgbackrest.conf',
    stanza: 'main',
    repositories: { main: 1 },
    environment: {},
    secrets: {},
    allowPrimary: false,
  },
};

const state: SourceState = {
  version: '15.18',
  standby: false,
  lsn: '0/9000028',
  timeline: 1,
  segment: nameOf(9),
  replayPaused: false,
  dataFolder: settings.dataFolder,
  archiveMode: 'on',
  archiveCommand: 'pgbackrest --stanza=main archive-push %p',
  archiveLibrary: '',
  walLevel: 'replica',
  bytes: 1,
  lastArchived: nameOf(8),
  lastArchivedAt: 2_000,
  lastFailed: null,
  lastFailedAt: null,
};

const sound: SourceEvidence = {
  settings,
  state,
  owner: { uid: 101, wanted: 101 },
  options: new Map(),
  waiting: 0,
  freeBytes: 10 * 1024 ** 3,
  archives: [{ repository: 'main', archive: archiveOf(upTo(1, 8)) }],
};

const judge = (changes: Partial<SourceEvidence>, ofState: Partial<SourceState> = {}) =>
  judgeSource({ ...sound, state: { ...state, ...ofState }, ...changes });

test('a sound cluster has no refusals and no remarks', () => {
  expect(judge({})).toEqual({ refusals: [], remarks: [] });
});

describe('refused', () => {
  test.each<[string, Partial<SourceEvidence>, Partial<SourceState>, RegExp]>([
    ['a data folder of somebody else', { owner: { uid: 0, wanted: 101 } }, {}, /belongs to user 0/],
    ['a user that the host lacks', { owner: { uid: 101 } }, {}, /no account postgres/],
    ['another server on the port', {}, { dataFolder: '/other' }, /has the data folder \/other/],
    ['a log that is too poor', {}, { walLevel: 'minimal' }, /wal_level is minimal/],
    ['archiving that is off', {}, { archiveMode: 'off' }, /archive_mode is off/],
    [
      'a library in place of the command',
      {},
      { archiveLibrary: 'basic' },
      /archive_library is basic/,
    ],
    ['another command', {}, { archiveCommand: 'cp %p /a' }, /does not call pgBackRest/],
    [
      'another stanza',
      {},
      { archiveCommand: 'pgbackrest --stanza=demo archive-push %p' },
      /the stanza demo/,
    ],
    [
      'a database that serves while archiving fails',
      { waiting: 7 },
      { lastFailed: nameOf(9), lastFailedAt: 3_000 },
      /cannot archive its log: .*7 segments are waiting/,
    ],
    [
      'a paused standby, where the primary must not be read',
      {},
      { standby: true, replayPaused: true },
      /pg_wal_replay_resume/,
    ],
  ])('%s', (_what, changes, ofState, expected) => {
    const { refusals } = judge(changes, ofState);
    expect(refusals).toEqual([expect.stringMatching(expected)]);
  });

  test('every reason at once', () => {
    const { refusals } = judge(
      { owner: { uid: 0, wanted: 101 } },
      { walLevel: 'minimal', archiveMode: 'off', lastFailed: nameOf(9), lastFailedAt: 3_000 },
    );
    expect(refusals).toHaveLength(4);
  });

  test('a server that does not answer, with what it said', () => {
    const { state: _none, ...down } = sound;
    expect(judgeSource({ ...down, unreachable: 'connection refused' }).refusals).toEqual([
      'PostgreSQL does not answer: connection refused',
    ]);
  });
});

describe('remarked', () => {
  test('a failure that archiving has recovered from is none', () => {
    const recovered = { lastFailed: nameOf(8), lastFailedAt: 1_000 };
    expect(judge({}, recovered)).toEqual({ refusals: [], remarks: [] });
  });

  test('a queue whose overflow is dropped with success', () => {
    const options = new Map([['archive-push-queue-max', '1GiB']]);
    expect(judge({ options }).remarks).toEqual([
      expect.stringMatching(/archive-push-queue-max is 1GiB: .* drops segments/),
    ]);
  });

  test('a segment that PostgreSQL calls archived and the repository does not have', () => {
    const { refusals, remarks } = judge({}, { lastArchived: nameOf(9) });
    expect(refusals).toEqual([]);
    expect(remarks).toEqual([
      `PostgreSQL says that ${nameOf(9)} was archived, and repository main does not have it (its newest: ${nameOf(8)}). The log has a gap there: make a full backup now`,
    ]);
  });

  test('a paused standby, where the primary may be read', () => {
    const { pgbackrest } = settings;
    const allowed = { ...settings, pgbackrest: { ...pgbackrest, allowPrimary: true } };
    const { refusals, remarks } = judge(
      { settings: allowed },
      { standby: true, replayPaused: true },
    );
    expect(refusals).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining('made from the primary')]);
  });

  test('many segments that wait, and little room', () => {
    expect(judge({ waiting: 100, freeBytes: 1024 ** 2 }).remarks).toEqual([
      '100 segments are waiting to be archived',
      expect.stringContaining('has 1 MiB left'),
    ]);
  });
});
