import { describe, expect, it } from 'vitest';
import { seeded } from '../../../../bench/analysis/random.ts';
import type { Sample } from '../../../../src/contracts/chaos/observation.ts';
import { judgeTracks, isWorse } from '../../../../src/policies/chaos/tracks/judge-tracks.ts';

const test = { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 };
const metric = {
  name: 'quick',
  source: { of: 'slow' as const, thanMs: 300, test },
  limits: { atMost: 0.01 },
};

interface Interval {
  experiment: [number, number];
  control: [number, number];
}

/** Readings of counters that rise by so many requests, of which so many are bad. */
function readings(intervals: readonly Interval[]): Sample[] {
  const sum = { experiment: { total: 0, bad: 0 }, control: { total: 0, bad: 0 } };
  const read = (afterMs: number): Sample => ({ afterMs, counts: structuredClone(sum) });
  return [
    read(0),
    ...intervals.map((interval, index) => {
      for (const track of ['experiment', 'control'] as const) {
        const [total, bad] = interval[track];
        sum[track].total += total;
        sum[track].bad += bad;
      }
      return read((index + 1) * 1_000);
    }),
  ];
}

const same = (count: number, interval: Interval) =>
  readings(Array.from({ length: count }, () => interval));

const during = (samples: Sample[]) => judgeTracks(metric, samples, { isSteady: false, tests: 1 });
const steady = (samples: Sample[]) => judgeTracks(metric, samples, { isSteady: true, tests: 1 });

describe('the experiment, held against the control', () => {
  it('holds where it is no worse, and one that is would have been found', () => {
    expect(during(same(10, { experiment: [40, 0], control: [40, 0] }))).toEqual({
      state: 'holds',
      reason: 'experiment 0 % of 400 took longer than 300ms, control 0 % of 400; no worse',
    });
  });

  it('fails as soon as it is shown to be worse, with the chance of an error', () => {
    const samples = same(3, { experiment: [4, 3], control: [4, 0] });
    expect(isWorse(metric, samples, 1)).toBe(true);
    expect(during(samples)).toMatchObject({ state: 'fails' });
    expect(during(samples).reason).toMatch(
      /^experiment 75 % of 12 took longer than 300ms, control 0 % of 12; .* by chance once in /,
    );
  });

  it('says nothing where what it has counted fell: those are other tracks', () => {
    const [zero, ...later] = same(10, { experiment: [40, 0], control: [40, 0] });
    const again = { ...zero!, afterMs: 5_500 };
    expect(during([...later, again])).toMatchObject({ state: 'no-data' });
    expect(isWorse(metric, [...later, again], 1)).toBe(false);
  });

  it('says nothing of an incident that both share', () => {
    const samples = same(10, { experiment: [40, 20], control: [40, 20] });
    expect(isWorse(metric, samples, 1)).toBe(false);
    expect(during(samples)).toMatchObject({ state: 'no-data' });
  });

  it('never holds with too few requests, or none', () => {
    expect(during(same(10, { experiment: [1, 0], control: [1, 0] })).reason).toContain(
      'too few requests: a track 5 times as bad would have been noticed with only',
    );
    expect(during([])).toMatchObject({ state: 'no-data' });
  });

  it('does not hold where requests hang that nobody has answered', () => {
    const hanging = (experiment: number, control: number) => {
      const samples = same(10, { experiment: [40, 0], control: [40, 0] });
      const last = samples.at(-1);
      if (last?.counts === undefined) throw new Error('it has counts');
      const { counts } = last;
      last.counts = {
        experiment: { ...counts.experiment, pending: experiment },
        control: { ...counts.control, pending: control },
      };
      return samples;
    };
    expect(during(hanging(200, 1))).toEqual({
      state: 'no-data',
      reason:
        'experiment 0 % of 400 took longer than 300ms, control 0 % of 400; nobody has answered 200 more of the experiment and 1 of the control',
    });
    // A service that is slow at all times has as many of both.
    expect(during(hanging(20, 20))).toMatchObject({ state: 'holds' });
    expect(during(hanging(401, 401))).toMatchObject({ state: 'no-data' });
    expect(steady(hanging(20, 20))).toMatchObject({ state: 'holds' });
    expect(steady(hanging(0, 200))).toMatchObject({ state: 'no-data' });
  });

  it('holds where bad requests come in bursts, and none hangs', () => {
    const errors = { ...metric, source: { of: 'failed' as const, test }, limits: { atMost: 0.05 } };
    const bad = (index: number): [number, number] => [
      index === 20 ? 20 : index === 40 ? 4 : 0,
      index === 30 ? 6 : 0,
    ];
    const samples = readings(
      Array.from({ length: 60 }, (_, index): Interval => {
        const [experiment, control] = bad(index);
        return { experiment: [20, experiment], control: [20, control] };
      }),
    );
    const judge = (weighsSums: boolean) =>
      judgeTracks(errors, samples, { isSteady: false, tests: 1, weighsSums });
    expect(judge(false)).toEqual({
      state: 'holds',
      reason: 'experiment 2 % of 1,200 failed, control 0.5 % of 1,200; no worse',
    });
    // A run that was judged so goes on so.
    expect(judge(true)).toMatchObject({ state: 'no-data' });
  });

  it('does not hold where many requests hang of a service that gets few', () => {
    const samples = same(60, { experiment: [4, 0], control: [4, 0] });
    const counts = samples.at(-1)?.counts;
    if (counts === undefined) throw new Error('it has counts');
    Object.assign(counts.experiment, { pending: 200 });
    expect(during(samples)).toMatchObject({ state: 'no-data' });
  });

  it('counts what came between samples, in whatever order they came', () => {
    const samples = same(10, { experiment: [40, 0], control: [40, 0] });
    expect(during(samples.toReversed())).toEqual(during(samples));
    expect(during(samples.filter((_, index) => index % 3 === 0))).toMatchObject({
      reason: expect.stringContaining('of 360 ') as string,
    });
  });

  it('is rejected in at most ten of a thousand experiments that do nothing, at an alpha of 1%', () => {
    const random = seeded(7);
    const bad = (total: number) =>
      Array.from({ length: total }, () => random() < 0.02).filter(Boolean).length;
    const rejected = Array.from({ length: 1_000 }, () => {
      const intervals = Array.from({ length: 20 }, (): Interval => ({
        experiment: [10, bad(10)],
        control: [10, bad(10)],
      }));
      return isWorse(metric, readings(intervals), 1);
    }).filter(Boolean);
    expect(rejected.length).toBeLessThanOrEqual(10);
  });
});

describe('two tracks before there is a fault', () => {
  it('hold where neither is worse than the other', () => {
    expect(steady(same(10, { experiment: [50, 0], control: [50, 0] }))).toMatchObject({
      state: 'holds',
    });
  });

  it.each([
    ['the experiment', { experiment: [40, 10], control: [40, 0] }],
    ['the control', { experiment: [40, 0], control: [40, 10] }],
  ] as [string, Interval][])('fail where %s is worse', (_, interval) => {
    const { state, reason } = steady(same(10, interval));
    expect(state).toBe('fails');
    expect(reason).toContain('the tracks differ without a fault');
  });

  it('fail where both are above what is accepted: nothing would be shown by a fault', () => {
    expect(steady(same(10, { experiment: [40, 20], control: [40, 20] }))).toMatchObject({
      state: 'fails',
    });
  });
});
