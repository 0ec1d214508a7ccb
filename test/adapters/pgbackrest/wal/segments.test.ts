import { expect, test } from 'vitest';
import {
  inferSegmentBytes,
  parseLsn,
  parseSegment,
  segmentName,
  usualSegmentBytes,
} from '../../../../src/adapters/pgbackrest/wal/segments.ts';

const mebibyte = 1024 * 1024;

test.each([
  ['000000010000000000000001', usualSegmentBytes, { timeline: 1, number: 1 }],
  ['0000000100000000000000FF', usualSegmentBytes, { timeline: 1, number: 255 }],
  ['000000010000000100000000', usualSegmentBytes, { timeline: 1, number: 256 }],
  ['0000000A0000000100000003', 64 * mebibyte, { timeline: 10, number: 67 }],
  ['000000010000000200000FFF', mebibyte, { timeline: 1, number: 12_287 }],
])('%s in segments of %i bytes', (name, segmentBytes, segment) => {
  expect(parseSegment(name, segmentBytes)).toEqual(segment);
  expect(segmentName(segment, segmentBytes)).toBe(name);
});

test.each(['00000002.history', '000000010000000000000001.partial', '00000001000000000000000g', ''])(
  '%j is not a segment',
  (name) => expect(parseSegment(name, usualSegmentBytes)).toBeUndefined(),
);

test('a position is compared as a number, beyond what a number of JavaScript keeps', () => {
  expect(parseLsn('0/3000028')).toBe(0x3000028n);
  expect(parseLsn('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n);
  expect(parseLsn('3000028')).toBeUndefined();
});

test('the size of segments is found from positions, where no cluster is there to ask', () => {
  expect(inferSegmentBytes([{ lsn: '0/E000028', segment: '00000001000000000000000E' }])).toBe(
    usualSegmentBytes,
  );
  expect(inferSegmentBytes([{ lsn: '3/E0000028', segment: '000000010000000300000038' }])).toBe(
    64 * mebibyte,
  );
  expect(inferSegmentBytes([])).toBe(usualSegmentBytes);
});
