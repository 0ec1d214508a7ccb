import { describe, expect, test } from 'vitest';
import {
  missingBetween,
  parseListing,
  reachedFrom,
  readArchive,
} from '../../../../src/adapters/pgbackrest/wal/archive-listing.ts';
import { usualSegmentBytes } from '../../../../src/adapters/pgbackrest/wal/segments.ts';
import { archiveOf, nameOf, upTo } from '../example-set.ts';
import { recorded } from '../recorded.ts';

const segmentBytes = usualSegmentBytes;

test('what pgBackRest lists is one range without a gap; labels of sets are no part of it', () => {
  const files = parseListing(recorded('archive'));
  const { ranges, segments, duplicates } = readArchive(files, segmentBytes);
  expect(ranges).toHaveLength(1);
  expect(ranges[0]).toMatchObject({
    timeline: 1,
    first: '000000010000000000000001',
    last: segments.at(-1)?.name,
    segments: segments.length,
  });
  expect(files.length).toBeGreaterThan(segments.length);
  expect(duplicates).toEqual([]);
  expect(segments[2]?.checksum).toBe('2c7ac5fc655a5f9113e360649cdd200fa83ee2cd');
});

describe('ranges', () => {
  test('end at a gap, and go on over the end of a log file', () => {
    const { ranges } = archiveOf([254, 255, 256, 258]);
    expect(ranges.map(({ first, last, segments }) => [first, last, segments])).toEqual([
      [nameOf(254), nameOf(256), 3],
      [nameOf(258), nameOf(258), 1],
    ]);
    expect(ranges[0]).toMatchObject({ bytes: 3_000, firstAtMs: 254_000, lastAtMs: 256_000 });
  });

  test('are of one timeline each', () => {
    const first = archiveOf([1, 2, 3]).segments;
    const second = archiveOf([3, 4], { timeline: 2 }).segments;
    const files = [...second, ...first].map(({ name, checksum, bytes, atMs }) => ({
      ...{ path: `${name}-${checksum}.gz`, bytes, atMs },
    }));
    const { ranges } = readArchive(files, segmentBytes);
    expect(ranges.map(({ timeline, segments }) => [timeline, segments])).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });

  test('have no segment that was never finished, and count one that is stored twice once', () => {
    const twice = [
      { path: `${nameOf(1)}-${'a'.repeat(40)}.lz4`, bytes: 10, atMs: 0 },
      { path: `${nameOf(1)}-${'b'.repeat(40)}.lz4`, bytes: 10, atMs: 0 },
      { path: `${nameOf(2)}.partial-${'c'.repeat(40)}.lz4`, bytes: 10, atMs: 0 },
      { path: '00000002.history', bytes: 10, atMs: 0 },
    ];
    const { ranges, duplicates } = readArchive(twice, segmentBytes);
    expect(ranges).toMatchObject([{ segments: 1, bytes: 20, last: nameOf(1) }]);
    expect(duplicates).toEqual([nameOf(1)]);
  });
});

test('what is missing is named, also where a rule of the bucket deleted it behind the tool', () => {
  const archive = archiveOf([...upTo(1, 4), ...upTo(7, 9)]);
  expect(missingBetween(archive, { first: nameOf(2), last: nameOf(10), segmentBytes })).toEqual([
    nameOf(5),
    nameOf(6),
    nameOf(10),
  ]);
  expect(reachedFrom(archive.ranges, nameOf(2), segmentBytes)).toBe(nameOf(4));
  expect(reachedFrom(archive.ranges, nameOf(5), segmentBytes)).toBeUndefined();
});

describe('recovery', () => {
  const both = (second: readonly number[]) => [
    ...archiveOf(upTo(1, 20)).ranges,
    ...archiveOf(second, { timeline: 2 }).ranges,
  ];

  test('follows the timeline of a promotion, and not what the old primary archived after it', () => {
    expect(reachedFrom(both(upTo(10, 15)), nameOf(3), segmentBytes)).toBe(nameOf(15, 2));
    expect(reachedFrom(both(upTo(21, 22)), nameOf(3), segmentBytes)).toBe(nameOf(22, 2));
  });

  test('stays on its own timeline where the other one began before the set, or behind a gap', () => {
    expect(reachedFrom(both(upTo(10, 15)), nameOf(12), segmentBytes)).toBe(nameOf(20));
    expect(reachedFrom(both(upTo(30, 35)), nameOf(3), segmentBytes)).toBe(nameOf(20));
  });
});
