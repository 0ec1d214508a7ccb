import { expect, it } from 'vitest';
import { hasReplayed } from '../../../../src/adapters/pgbackrest/search/replay-stop.ts';

const commit = 0x3000100n;
const end = 0x3000128n;

it('a copy waits once the commit is replayed, where the next record begins after what a crash has left', () => {
  const stop = { past: commit, limit: 0x3004018n, isNext: true };
  expect(hasReplayed(stop, commit)).toBe(false);
  expect(hasReplayed(stop, end)).toBe(true);
});

it('a copy whose log an older agent has read waits at the next commit, and never before its own', () => {
  const stop = { past: commit, limit: 0x3000200n, isNext: false };
  expect(hasReplayed(stop, end)).toBe(false);
  expect(hasReplayed(stop, 0x3000200n)).toBe(true);
  const atPage = { past: 0x3002000n, limit: 0x3002028n, isNext: false };
  expect(hasReplayed(atPage, 0x3002000n)).toBe(false);
});

it('a copy is at the end of its log once its last commit is replayed, and at its set from the beginning', () => {
  expect(hasReplayed({ past: commit, limit: undefined, isNext: false }, commit)).toBe(false);
  expect(hasReplayed({ past: commit, limit: undefined, isNext: false }, end)).toBe(true);
  expect(hasReplayed({ past: undefined, limit: undefined, isNext: false }, 1n)).toBe(true);
});
