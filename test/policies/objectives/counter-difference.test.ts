import { describe, expect, it } from 'vitest';
import {
  incrementBetween,
  keepReading,
} from '../../../src/policies/objectives/counter-difference.ts';
import type { Series } from '../../../src/contracts/objectives/counter-reading.ts';
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

  it('counts what a new replica counted before it was first read, where it was never read before', () => {
    const first = keepReading(undefined, { atMs: minute, counters: before.counters });
    const second = keepReading(first, { atMs: 2 * minute, counters: before.counters });
    const young = {
      ...before.counters,
      young: { sinceMs: 2 * minute - 10_000, total: 500, bad: 400 },
    };
    expect(incrementBetween(second, { atMs: 3 * minute, counters: young })).toEqual({
      ...{ total: 500, bad: 400, isPartial: false, isClamped: false },
    });
    const old = { ...before.counters, old: { sinceMs: minute - 10_000, total: 500, bad: 400 } };
    expect(incrementBetween(second, { atMs: 3 * minute, counters: old })).toMatchObject({
      ...{ total: 0, isPartial: true },
    });
  });

  it('is clamped, and says so, where more good requests than requests were counted', () => {
    const good = (total: number, part: number) => ({
      ...{ sinceMs: 1, total, bad: total - part },
      series: { total: { a: total }, part: { of: 'good' as const, series: { a: part } } },
    });
    const then = readingAt(minute, { pod: good(100, 100) });
    const after = { atMs: 2 * minute, counters: { pod: good(110, 112) } };
    expect(incrementBetween(then, after)).toMatchObject({ total: 10, bad: 0, isClamped: true });
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

  it('is not known where a sum fell although its process goes on, and nothing is counted twice', () => {
    const stable = readingAt(minute, { router: { sinceMs: 1, total: 1_001_500, bad: 5_000 } });
    const after = { atMs: 2 * minute, counters: { router: { sinceMs: 1, total: 2_000, bad: 10 } } };
    expect(incrementBetween(stable, after)).toEqual({
      ...{ total: 0, bad: 0, isPartial: true, isClamped: false },
    });
  });

  const versions = (atMs: number, total: Series, bad: Series) => {
    const sumOf = (series: Series) => Object.values(series).reduce((sum, value) => sum + value, 0);
    const series = { total, part: { of: 'bad' as const, series: bad } };
    const router = { sinceMs: 1, total: sumOf(total), bad: sumOf(bad), series };
    return { atMs, counters: { router } };
  };

  it('counts a new version in full where the series of the old one ends', () => {
    const both = keepReading(undefined, versions(minute, { v1: 1e6, v2: 1_500 }, { v1: 5_000 }));
    const one = versions(2 * minute, { v2: 2_000 }, { v2: 10 });
    expect(incrementBetween(both, one)).toMatchObject({ total: 500, bad: 10, isPartial: true });
    const grown = keepReading(undefined, versions(minute, { v1: 100 }, {}));
    const passed = versions(2 * minute, { v2: 300 }, {});
    expect(incrementBetween(grown, passed)).toMatchObject({ total: 300, isPartial: true });
  });

  it('counts a series that ends and comes back once', () => {
    const first = keepReading(undefined, versions(minute, { a: 10_000, b: 50 }, { a: 400 }));
    const gone = keepReading(first, versions(2 * minute, { b: 60 }, {}));
    const still = keepReading(gone, versions(3 * minute, { b: 70 }, {}));
    const back = versions(4 * minute, { a: 10_030, b: 80 }, { a: 401 });
    expect(incrementBetween(still, back)).toMatchObject({ total: 40, bad: 1, isPartial: false });
    expect(keepReading(still, back).counters['router']).not.toHaveProperty('ended');
  });

  it('counts good requests from their own series, and the first of a new code', () => {
    const of = (good: Series, total: Series) => {
      const router = { sinceMs: 1, total: 0, bad: 0 };
      return {
        router: { ...router, series: { total, part: { of: 'good' as const, series: good } } },
      };
    };
    const then = keepReading(undefined, { atMs: minute, counters: of({ a: 90 }, { a: 90 }) });
    const now = { atMs: 2 * minute, counters: of({ a: 95 }, { a: 95, b: 3 }) };
    expect(incrementBetween(then, now)).toMatchObject({ total: 8, bad: 3, isPartial: false });
  });

  it('is no restart where the start of a process is computed anew, or its clock was set', () => {
    const old = readingAt(minute, { pod: { sinceMs: 1_000, total: 1e6, bad: 5 } });
    const jittered = { pod: { sinceMs: 1_010, total: 1_000_100, bad: 5 } };
    expect(incrementBetween(old, { atMs: 2 * minute, counters: jittered })).toMatchObject({
      ...{ total: 100, bad: 0, isPartial: false },
    });
    const later = readingAt(600 * minute, { pod: { sinceMs: 1_000, total: 1e6, bad: 5 } });
    const set = { pod: { sinceMs: 60 * minute, total: 1_000_100, bad: 5 } };
    expect(incrementBetween(later, { atMs: 601 * minute, counters: set })).toMatchObject({
      ...{ total: 100, bad: 0, isPartial: false },
    });
  });
});
