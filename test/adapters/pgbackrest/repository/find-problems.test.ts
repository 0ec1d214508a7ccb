import { expect, test } from 'vitest';
import { findProblems } from '../../../../src/adapters/pgbackrest/repository/find-problems.ts';
import { archiveOf, exampleSet, nameOf, upTo } from '../example-set.ts';
import type { Info } from '../../../../src/adapters/pgbackrest/repository/info.ts';

const info: Info = { repositories: [], databases: [], archives: [], backups: [], locked: false };
const set = exampleSet('20261129-074632F', { from: 3 });
const sound = { info, sets: [set], archive: archiveOf(upTo(1, 9)), folders: [set.label] };

test('a sound repository has no problems', () => {
  expect(findProblems(sound)).toEqual([]);
});

test('a set that was never finished, and one whose folder somebody deleted, are named', () => {
  expect(findProblems({ ...sound, folders: ['20261130-000000F'] })).toEqual([
    expect.stringContaining('20261130-000000F is not finished'),
    expect.stringContaining(`${set.label} is listed, but its folder is gone`),
  ]);
});

test('a set that is being made is not called unfinished', () => {
  const working = { ...sound, info: { ...info, locked: true } };
  expect(findProblems({ ...working, folders: [set.label, '20261130-000000F'] })).toEqual([
    'another pgBackRest works on this stanza now',
  ]);
});

test('a gap in the log is a problem', () => {
  expect(findProblems({ ...sound, archive: archiveOf([3, 4, 6]) })).toEqual([
    `segments are missing between ${nameOf(4)} and ${nameOf(6)}`,
  ]);
});

test('sets that expired for months while their log stayed are noticed, with the bytes', () => {
  const late = exampleSet(set.label, { from: 200 });
  const [problem] = findProblems({ ...sound, sets: [late], archive: archiveOf(upTo(1, 210)) });
  expect(problem).toContain('199 segments (199000 bytes) are older than the oldest set');
  const some = exampleSet(set.label, { from: 20 });
  expect(findProblems({ ...sound, sets: [some], archive: archiveOf(upTo(1, 210)) })).toEqual([]);
});
