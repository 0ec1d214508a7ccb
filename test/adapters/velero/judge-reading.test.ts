import { expect, it } from 'vitest';
import {
  judgeReadings,
  storedBytesOf,
  type Reading,
} from '../../../src/adapters/velero/restore/judge-reading.ts';

const whole: Reading = {
  ...{ claim: 'copy/data', phase: 'Succeeded', message: '100', storedBytes: 100 },
};

it.each<[string, Reading[], string[], number]>([
  ['read to its end', [whole, whole], [], 200],
  ['changed by its pod since', [{ ...whole, message: '140' }], [], 140],
  ['empty, as its set is', [{ ...whole, message: '0', storedBytes: 0 }], [], 0],
  [
    'empty, unlike its set',
    [{ ...whole, message: '0' }],
    ['claim copy/data has no byte in it, and its set has 100'],
    0,
  ],
  [
    'not readable',
    [{ ...whole, phase: 'Failed', message: 'a file cannot be read' }],
    ['claim copy/data was not read, its reader is Failed: a file cannot be read'],
    0,
  ],
  [
    'not read in time',
    [{ ...whole, phase: 'Pending', message: 'ImagePullBackOff' }],
    ['claim copy/data was not read, its reader is Pending: ImagePullBackOff'],
    0,
  ],
  [
    'read by a program that says nothing',
    [{ ...whole, message: '' }],
    ['claim copy/data was not read, its reader is Succeeded'],
    0,
  ],
])('a claim of a copy is %s', (_, readings, problems, bytes) => {
  expect(judgeReadings(readings)).toEqual({ problems, bytes });
});

it('what a set has of a claim is known by its UID, or by its name', () => {
  const volume = { title: '', phase: 'Completed', message: '', isEmpty: false, bytesDone: 7 };
  const claim = { claim: 'shop/data', uid: 'u-1' };
  expect(storedBytesOf(claim, [{ ...volume, claim: { uid: 'u-1' }, bytes: 7 }])).toBe(7);
  expect(storedBytesOf(claim, [{ ...volume, claim: { name: 'shop/data' }, bytes: 8 }])).toBe(8);
  expect(storedBytesOf(claim, [{ ...volume, claim: { uid: 'u-2' }, bytes: 9 }])).toBeUndefined();
});
