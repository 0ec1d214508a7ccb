import { describe, expect, test } from 'vitest';
import { judgeTablespaces } from '../../../../src/adapters/pgbackrest/copies/foreign-tablespaces.ts';
import { judgeRestore } from '../../../../src/adapters/pgbackrest/copies/judge-restore.ts';
import type { RestoreTarget } from '../../../../src/contracts/backups/store.ts';
import { usualSegmentBytes } from '../../../../src/adapters/pgbackrest/wal/segments.ts';
import { archiveOf, exampleSet, upTo } from '../example-set.ts';

const stoppedAtMs = Date.UTC(2026, 10, 29, 7, 47, 22);
const set = exampleSet('F', { from: 3, to: 4, stoppedAtMs });
const sound = {
  label: 'F',
  target: { kind: 'set' } as RestoreTarget,
  sets: [set],
  archive: archiveOf(upTo(3, 6)),
  segmentBytes: usualSegmentBytes,
  unfinished: [],
  nowMs: stoppedAtMs + 3_600_000,
};

test('a set with its own log can be restored', () => {
  expect(judgeRestore(sound)).toEqual([]);
});

describe('a moment', () => {
  const at = (atMs: number) => judgeRestore({ ...sound, target: { kind: 'time', atMs } });

  // PostgreSQL stops at the first commit after it is consistent, promotes, and reports success.
  test.each([
    ['long before the end of the set', -60_000],
    ['at its end', 0],
    ['in the second of its end, of which nobody knows the part', 999],
  ])('%s needs an earlier set', (_what, offsetMs) => {
    expect(at(stoppedAtMs + offsetMs)).toEqual([expect.stringContaining('choose an earlier set')]);
  });

  test('a second after its end, and later, is taken', () => {
    expect(at(stoppedAtMs + 1_000)).toEqual([]);
    expect(at(sound.nowMs)).toEqual([]);
  });

  test('in the future is refused', () => {
    expect(at(sound.nowMs + 1)).toEqual([expect.stringContaining('is in the future')]);
  });
});

describe('a position', () => {
  const at = (lsn: string) => judgeRestore({ ...sound, target: { kind: 'lsn', lsn } });

  test('from the end of the set to the end of what is archived is taken', () => {
    expect(at('0/4000100')).toEqual([]);
    expect(at('0/6FFFFFF')).toEqual([]);
  });

  test('before, beyond, and not one at all', () => {
    expect(at('0/40000FF')).toEqual([expect.stringContaining('before the end of F (0/4000100)')]);
    expect(at('0/7000000')).toEqual([expect.stringContaining('beyond what can be reached')]);
    expect(at('7000000')).toEqual([expect.stringContaining('is no position such as')]);
  });
});

test('a position on the timeline of a promotion is reached from a set of before it', () => {
  const { ranges, segments } = archiveOf(upTo(5, 9), { timeline: 2 });
  const archive = {
    segments: [...sound.archive.segments, ...segments],
    ranges: [...sound.archive.ranges, ...ranges],
    duplicates: [],
  };
  const target: RestoreTarget = { kind: 'lsn', lsn: '0/9000000' };
  expect(judgeRestore({ ...sound, archive, target })).toEqual([]);
  const behind: RestoreTarget = { kind: 'lsn', lsn: '0/A000000' };
  expect(judgeRestore({ ...sound, archive, target: behind })).toHaveLength(1);
});

test('a set that is still being made is refused with its state', () => {
  const label = '20261129-075351F';
  expect(judgeRestore({ ...sound, label, unfinished: [label] })).toEqual([
    `${label} is not finished: it is still being made, or what made it was ended`,
  ]);
  expect(judgeRestore({ ...sound, label })).toEqual([expect.stringContaining('it has: F')]);
});

test('every reason is named at once', () => {
  const broken = { ...set, needs: ['gone'], error: 'pages were damaged' };
  const target: RestoreTarget = { kind: 'time', atMs: 0 };
  expect(judgeRestore({ ...sound, target, sets: [broken], archive: archiveOf([3]) })).toHaveLength(
    4,
  );
});

test('a tablespace made after the set is refused: the copy would write to the files of production', () => {
  const now = [
    { oid: '16385', path: '/srv/old' },
    { oid: '16999', path: '/srv/new' },
  ];
  expect(judgeTablespaces('F', { 16385: '/srv/old' }, now)).toEqual([
    expect.stringMatching(/tablespace 16999 was made after F: .* would write to \/srv\/new/),
  ]);
});
