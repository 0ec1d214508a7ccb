import { describe, expect, it } from 'vitest';
import { decideSeries } from '../../../../../src/policies/rollouts/analysis/mann-whitney/judge-series.ts';
import type { SeriesTest } from '../../../../../src/policies/rollouts/analysis/mann-whitney/series-test.ts';
import type { TrackSeries } from '../../../../../src/contracts/rollouts/hold.ts';

const test: SeriesTest = { metric: 'queue', worse: 'higher', alpha: 0.01, leastEffect: 0.1 };

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
/** Ten values around a centre. */
const around = (centre: number) =>
  [-4, 3, 0, -1, 2, 5, -3, 1, -2, 4].map((step) => centre * (1 + step / 100));

const decide = (series: TrackSeries, over: Partial<SeriesTest> = {}) =>
  decideSeries(series, { ...test, ...over });

describe('a hold judged by the series of both tracks', () => {
  it('fails a canary whose queue is longer, and says by how much and how rare that is', () => {
    expect(decide({ canary: around(41.2), stable: around(12) })).toEqual({
      kind: 'worse',
      p: expect.closeTo(1 / 184_756, 12),
      shift: expect.closeTo(29.2, 0),
      reason: "queue: canary's median 41.4, stable's 12.1; by chance once in 180,000",
    });
  });

  it('passes one whose queue is as long', () => {
    expect(decide({ canary: around(12), stable: around(12.02) })).toMatchObject({
      kind: 'good',
      reason: "queue: canary's median 12.1, stable's 12.1; not shown to be higher",
    });
  });

  it('passes a difference that is clear but too small to matter', () => {
    const series = { canary: around(106), stable: around(100) };
    expect(decide(series)).toMatchObject({
      kind: 'good',
      reason:
        "queue: canary's median 107, stable's 101; clearly higher, but by 6 %, less than the 10 % that matter",
    });
    expect(decide(series, { leastEffect: 0.05 }).kind).toBe('worse');
  });

  it.each<{ worse: SeriesTest['worse']; higher: string; lower: string }>([
    { worse: 'higher', higher: 'worse', lower: 'good' },
    { worse: 'lower', higher: 'good', lower: 'worse' },
    { worse: 'either', higher: 'worse', lower: 'worse' },
  ])('minds the direction: $worse is worse', ({ worse, higher, lower }) => {
    expect(decide({ canary: around(20), stable: around(10) }, { worse }).kind).toBe(higher);
    expect(decide({ canary: around(10), stable: around(20) }, { worse }).kind).toBe(lower);
  });

  it('passes what is constant and equal, and fails what is constant and differs', () => {
    const constant = (canary: number, stable: number) =>
      decide({ canary: times(6, canary), stable: times(6, stable) }).kind;
    expect(constant(3, 3)).toBe('good');
    expect(constant(0, 0)).toBe('good');
    expect(constant(4, 3)).toBe('worse');
    expect(constant(1, 0)).toBe('worse');
  });

  it('fails a canary that errs now and then where stable never does, though both medians are 0', () => {
    const canary = times(24, 0).map((_, sample) => (sample % 3 === 0 ? 3 : 0));
    expect(decide({ canary, stable: times(24, 0) }, { metric: 'errors' }).reason).toMatch(
      /^errors: canary's mean 1, stable's 0; by chance once in [\d,]+$/,
    );
  });

  it('measures a change against the size of values below 0 too', () => {
    const below = (centre: number) => around(centre).map((value) => -value);
    expect(decide({ canary: below(10), stable: below(20) }).kind).toBe('worse');
    expect(decide({ canary: below(20), stable: below(10) }).kind).toBe('good');
  });
});

describe('a hold without enough values', () => {
  it('cannot tell from fewer values than could ever be worse', () => {
    const far = (count: number) => ({ canary: times(count, 9), stable: times(count, 1) });
    expect(decide(far(4))).toEqual({
      kind: 'too-little',
      reason:
        'queue: data in 4 of 4 looks at the canary and in 4 at stable; it takes 5 values of each',
    });
    expect(decide(far(5)).kind).toBe('worse');
    expect(decide(far(5), { alpha: 0.001 }).kind).toBe('too-little');
    expect(decide(far(5), { alpha: 0.005, worse: 'either' }).kind).toBe('too-little');
    expect(decide(far(4), { leastValues: 2 }).kind).toBe('too-little');
    expect(decide(far(5), { leastValues: 20 }).kind).toBe('too-little');
  });

  it('cannot tell where most looks had no data, however many did', () => {
    const gappy = (seen: number, missing: number) => [
      ...times(missing, null),
      ...around(9).slice(0, seen),
    ];
    const stable = times(20, 9);
    expect(decide({ canary: gappy(9, 11), stable })).toEqual({
      kind: 'too-little',
      reason:
        'queue: data in 9 of 20 looks at the canary and in 20 at stable; it takes 50 % of them',
    });
    expect(decide({ canary: gappy(10, 10), stable }).kind).toBe('good');
    expect(decide({ canary: stable, stable: gappy(9, 11) }).kind).toBe('too-little');
    expect(decide({ canary: gappy(10, 10), stable }, { maxMissing: 0.4 }).kind).toBe('too-little');
  });

  it('cannot tell from nothing at all', () => {
    const none = { canary: [], stable: [] };
    const silent = { canary: times(30, null), stable: times(30, null) };
    expect(decide(none).kind).toBe('too-little');
    expect(decide(none, { missing: 'zero' }).kind).toBe('too-little');
    expect(decide(silent).kind).toBe('too-little');
  });

  it('does not take silence on both tracks for zeros: a misspelt query finds nothing too', () => {
    const silent = { canary: times(30, null), stable: times(30, null) };
    expect(decide(silent, { missing: 'zero' })).toEqual({
      kind: 'too-little',
      reason: 'queue: no data in 30 looks, neither of the canary nor of stable',
    });
  });
});

describe('a count that is only exported once something happened', () => {
  const zeros = { missing: 'zero' as const, metric: 'errors' };

  it('is 0 in looks without data, if the spec says so', () => {
    const stable = [...times(29, null), 1];
    expect(decide({ canary: times(30, null), stable }, zeros).kind).toBe('good');
    expect(decide({ canary: times(30, null), stable }).kind).toBe('too-little');
  });

  it('fails the canary that is the first to export it', () => {
    const canary = [...times(10, null), ...around(5), ...around(5)];
    expect(decide({ canary, stable: times(30, null) }, zeros).kind).toBe('worse');
  });
});
