import { describe, expect, it } from 'vitest';
import {
  incrementBetween,
  keepReading,
} from '../../../src/policies/objectives/counter-difference.ts';
import { readingAt } from '../../fixtures/objective.ts';

const minute = 60_000;
const before = readingAt(minute, { pod: { sinceMs: 1, total: 100, bad: 5 } });

describe('the difference of counters', () => {
  it('is what was counted in between', () => {
    const after = { atMs: 2 * minute, counters: { pod: { sinceMs: 1, total: 160, bad: 6 } } };
    expect(incrementBetween(before, after)).toEqual({
      ...{ total: 60, bad: 1, isPartial: false, isClamped: false },
    });
  });

  it('counts the first error of a counter of errors that is born with it', () => {
    const quiet = readingAt(minute, { pod: { sinceMs: 1, total: 100, bad: 0 } });
    const after = { atMs: 2 * minute, counters: { pod: { sinceMs: 1, total: 101, bad: 1 } } };
    expect(incrementBetween(quiet, after)).toMatchObject({ total: 1, bad: 1 });
  });

  it('counts from zero where a counter went back', () => {
    const after = { atMs: 2 * minute, counters: { pod: { total: 30, bad: 0 } } };
    expect(incrementBetween(before, after)).toMatchObject({ total: 30, bad: 0 });
  });

  it('sees a restart that has already counted past the former value by its beginning', () => {
    const after = { atMs: 2 * minute, counters: { pod: { sinceMs: 70_000, total: 140, bad: 9 } } };
    expect(incrementBetween(before, after)).toMatchObject({ total: 140, bad: 9 });
  });

  it('is no restart where the beginning of the same counter is learnt later', () => {
    const unknown = readingAt(minute, { pod: { total: 100, bad: 5 } });
    const after = { atMs: 2 * minute, counters: { pod: { sinceMs: 1, total: 101, bad: 5 } } };
    expect(incrementBetween(unknown, after)).toMatchObject({ total: 1, bad: 0 });
  });

  it('counts all of a replica that began since, and nothing of an older one that is new to us', () => {
    const pod = { sinceMs: 1, total: 100, bad: 5 };
    const young = { pod, young: { sinceMs: 90_000, total: 7, bad: 1 } };
    expect(incrementBetween(before, { atMs: 2 * minute, counters: young })).toEqual({
      ...{ total: 7, bad: 1, isPartial: false, isClamped: false },
    });
    const old = { pod, old: { sinceMs: 5, total: 9_000, bad: 100 } };
    expect(incrementBetween(before, { atMs: 2 * minute, counters: old })).toMatchObject({
      ...{ total: 0, bad: 0, isPartial: true },
    });
  });

  it('says so where a replica is gone, whose last requests nobody has read', () => {
    const after = { atMs: 2 * minute, counters: {} };
    expect(incrementBetween(before, after)).toMatchObject({ total: 0, isPartial: true });
  });

  it('loses nothing of a replica that could not be read for a while', () => {
    const gap = keepReading(before, { atMs: 2 * minute, counters: {} });
    const back = { atMs: 3 * minute, counters: { pod: { sinceMs: 1, total: 190, bad: 5 } } };
    expect(incrementBetween(gap, back)).toMatchObject({ total: 90, bad: 0, isPartial: true });
    const after = keepReading(gap, back);
    expect(after.missingSinceMs).toEqual({});
  });

  it('forgets a replica that has been away for an hour', () => {
    const gone = readingAt(61 * minute, { pod: { total: 1, bad: 0 } }, { pod: minute });
    expect(keepReading(gone, { atMs: 62 * minute, counters: {} }).counters).toEqual({});
  });

  it('never gives more bad requests than requests where counters are skewed, and says so', () => {
    const after = { atMs: 2 * minute, counters: { pod: { sinceMs: 1, total: 110, bad: 25 } } };
    expect(incrementBetween(before, after)).toEqual({
      ...{ total: 10, bad: 10, isPartial: false, isClamped: true },
    });
  });
});
