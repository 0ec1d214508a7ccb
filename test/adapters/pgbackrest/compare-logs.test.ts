import { expect, test } from 'vitest';
import { compareLogs } from '../../../src/adapters/pgbackrest/compare-logs.ts';
import { usualSegmentBytes } from '../../../src/adapters/pgbackrest/wal/segments.ts';
import { archiveOf, exampleSet, nameOf, upTo } from './example-set.ts';

const original = exampleSet('F1', { from: 2 });
const set = exampleSet('F2', { from: 7, to: 8, repository: 'offsite' });
const side = (name: string, archive = archiveOf(upTo(2, 9))) => ({
  ...{ name, archive, segmentBytes: usualSegmentBytes },
});
const sound = {
  original,
  set,
  first: side('main'),
  second: side('offsite', archiveOf(upTo(7, 9))),
};

test('two repositories that have the same log lead to the same position', () => {
  expect(compareLogs(sound)).toEqual({
    ok: true,
    proof: `both repositories lead to 0/8000100 (segment ${nameOf(8)}); 3 segments that both have from there on have the same checksums`,
  });
});

test('a segment that one of them lacks, or has with other content, is no proof', () => {
  const lacking = { ...sound, first: side('main', archiveOf([2, 3, 5, 6, 7, 8])) };
  expect(compareLogs(lacking)).toEqual({
    ok: false,
    reasons: [`repository main lacks ${nameOf(4)}`],
  });
  const different = { ...sound, second: side('offsite', archiveOf(upTo(7, 8), { checksum: 'b' })) };
  expect(compareLogs(different)).toMatchObject({
    ok: false,
    reasons: [expect.stringContaining('differs'), expect.stringContaining('differs')],
  });
});

test('sets of two clusters are never equal', () => {
  const other = { ...sound, set: { ...set, identity: '1' } };
  expect(compareLogs(other)).toMatchObject({ ok: false });
});
