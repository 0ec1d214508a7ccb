import { describe, expect, it } from 'vitest';
import { binomial, seeded } from '../../../../bench/analysis/random.ts';
import type {
  Counts,
  Evidence,
  TrackCounts,
} from '../../../../src/contracts/kernel/counted-evidence.ts';
import { logOfMean } from '../../../../src/policies/kernel/sequential/log-ratios.ts';
import {
  continueInHold,
  shareOfStart,
} from '../../../../src/policies/kernel/sequential/start-times.ts';
import {
  decideAtEnd,
  decideGood,
  decideNow,
  evidenceAtStart,
  noEvidence,
  recordCounts,
  type SequentialTest,
} from '../../../../src/policies/kernel/sequential/weigh-evidence.ts';

const looks = 10;
const test: SequentialTest = {
  ...{ alpha: 0.01, tolerance: 1, objective: 0.01, effect: 5, power: 0.8, bursts: false, looks },
};
const { looks: _looks, ...fromTheFirst } = test;

const of = (total: number, bad: number): Counts => ({ total, bad });
const both = (canary: Counts, stable: Counts): TrackCounts => ({ canary, stable });
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

const weigh = (
  intervals: readonly TrackCounts[],
  over: Partial<SequentialTest> = {},
  begun: Evidence = evidenceAtStart({ ...test, ...over }),
): Evidence =>
  intervals.reduce((sum, interval) => recordCounts(sum, interval, { ...test, ...over }), begun);

/** The share of the belief that has not started after so many looks. */
function notStarted(after: number): number {
  let started = 0.5;
  for (let look = 1; look <= after; look++) started += shareOfStart(look, looks);
  return 1 - started;
}

const worth = ({ worse, looks: seen = 0 }: Evidence) =>
  Math.exp(logOfMean(worse)) + notStarted(seen);

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
}

const likelihood = (n: number, k: number, rate: number) =>
  choose(n, k) * rate ** k * (1 - rate) ** (n - k);

/** The expectation of what this look leaves behind, over all ways in which it may turn out. */
function expected(ways: number, rate: number, after: (bad: number) => number): number {
  return Array.from(
    { length: ways + 1 },
    (_, bad) => likelihood(ways, bad, rate) * after(bad),
  ).reduce((sum, each) => sum + each, 0);
}

describe('the belief in when a release became bad', () => {
  it('adds up to the whole, however long the hold goes on', () => {
    expect(notStarted(0)).toBeCloseTo(0.5);
    expect(notStarted(looks)).toBeCloseTo(0.05);
    expect(notStarted(100_000)).toBeCloseTo(0, 4);
    expect(notStarted(100_000)).toBeGreaterThan(0);
  });
});

describe('evidence that may begin at any look', () => {
  const split = (bad: number, ofCanary: number) => both(of(20, ofCanary), of(80, bad - ofCanary));

  it('is a martingale where each bad request falls on the canary by its share of the traffic', () => {
    const [first, second] = [3, 4];
    const after = expected(first, 0.2, (one) =>
      expected(second, 0.2, (two) => worth(weigh([split(first, one), split(second, two)]))),
    );
    expect(after).toBeCloseTo(1, 10);
    expect(worth(weigh([]))).toBeCloseTo(1, 10);
  });

  it('is one against the objective, too, long after the planned end of the hold', () => {
    const late = weigh(times(3 * looks, both(of(20, 0), of(0, 0))));
    const next = (bad: number) => worth(recordCounts(late, both(of(5, bad), of(0, 0)), test));
    expect(expected(5, test.objective, next)).toBeCloseTo(worth(late), 10);
    expect(expected(5, test.objective / 2, next)).toBeLessThan(worth(late));
  });

  it('has no higher expectation where bursts count as one, nor where stable shows that errors come in bursts', () => {
    const bursty = times(12, 0).map((_, look) => both(of(20, 0), of(80, look % 6 === 0 ? 20 : 0)));
    for (const bursts of [false, true]) {
      const before = weigh(bursty, { bursts });
      const after = expected(6, 0.2, (ofCanary) =>
        worth(recordCounts(before, split(6, ofCanary), { ...test, bursts })),
      );
      expect(after).toBeLessThan(worth(before));
      expect(after).toBeGreaterThan(0);
    }
  });

  it('has an expectation of at most 1 at the end of simulated holds with weights and rates that change', () => {
    const holds = 4_000;
    let sum = 0;
    for (let seed = 1; seed <= holds; seed++) {
      const random = seeded(seed);
      const intervals = Array.from({ length: looks }, (_, look) => {
        const [canary, stable] = look < 5 ? [20, 180] : [80, 80];
        const rate = look === 3 ? 0.3 : 0.02;
        return both(
          of(canary, binomial(random, canary, rate)),
          of(stable, binomial(random, stable, rate)),
        );
      });
      sum += worth(weigh(intervals));
    }
    expect(sum / holds).toBeLessThan(1.05);
  });

  it('finds a release that becomes bad after many good minutes, which outweigh it otherwise', () => {
    const long = { looks: 300 };
    const good = times(270, both(of(80, 0), of(320, 1)));
    const bad = times(6, both(of(80, 3), of(320, 1)));
    expect(decideNow(weigh([...good, ...bad], long), test)).toBeDefined();
    const before = [...good, ...bad].reduce<Evidence>(
      (sum, interval) => recordCounts(sum, interval, fromTheFirst),
      noEvidence,
    );
    expect(decideNow(before, fromTheFirst)).toBeUndefined();
    expect(logOfMean(before.worse)).toBeLessThan(0);
  });

  it('needs hardly more where a release is bad from its first request', () => {
    const bad = both(of(20, 1), of(80, 0));
    expect(decideNow(weigh(times(3, bad)), test)).toBeUndefined();
    expect(decideNow(weigh(times(4, bad)), test)).toBeDefined();
  });

  it('calls off the objective what has been off it lately, and nothing that has recovered', () => {
    const long = { looks: 300 };
    const good = times(250, both(of(80, 0), of(320, 1)));
    const off = times(50, both(of(80, 2), of(320, 9)));
    const end = (intervals: TrackCounts[]) =>
      decideAtEnd(weigh(intervals, long), { ...test, ...long });
    expect(end([...good, ...off])).toEqual({ kind: 'off-objective', stableToo: true });
    expect(end([...off, ...good]).kind).toBe('good');
  });

  it('passes no canary that lately was off the objective where stable has shown to be, with more requests', () => {
    const long = { looks: 300 };
    const good = times(270, both(of(8, 0), of(392, 1)));
    const off = times(30, both(of(8, 0), of(392, 10)));
    const canary = (bad: number) => [
      ...off.slice(0, 25),
      ...times(5, both(of(8, bad), of(392, 10))),
    ];
    const easy = { ...test, ...long, power: 0.1 };
    expect(decideAtEnd(weigh([...good, ...canary(1)], long), easy)).toEqual({
      ...{ kind: 'off-objective', stableToo: true },
    });
    expect(decideAtEnd(weigh([...good, ...canary(0)], long), easy).kind).toBe('good');
  });
});

describe('a good release that may pass early', () => {
  const early = { ...test, looks: 300, beta: 0.01 };
  const good = times(100, both(of(80, 0), of(320, 0)));
  const bad = times(4, both(of(80, 4), of(320, 0)));

  it('does not pass on its good minutes once it has turned bad, by whatever it is judged', () => {
    const tolerant = { ...early, tolerance: 100 };
    expect(decideGood(weigh(good, tolerant), tolerant)?.kind).toBe('good');
    expect(decideGood(weigh([...good, ...bad], tolerant), tolerant)).toBeUndefined();
  });
});

describe('evidence from hold to hold', () => {
  const bad = both(of(20, 1), of(80, 0));
  const threshold = Math.log(100);

  it('goes on: what two holds have shown together decides', () => {
    let earlier: Evidence | undefined;
    const decided = [1, 2].map(() => {
      const hold = weigh(
        times(2, bad),
        {},
        continueInHold(evidenceAtStart(test), earlier, threshold),
      );
      earlier = hold;
      return decideNow(hold, test) !== undefined;
    });
    expect(decided).toEqual([false, true]);
  });

  it('adds at most the share of its own hold where nothing was found', () => {
    const quiet = weigh(times(50, both(of(200, 0), of(800, 8))));
    const begun = continueInHold(evidenceAtStart(test), quiet, threshold);
    expect(Math.exp(logOfMean(begun.worse))).toBeGreaterThan(0.5);
    expect(Math.exp(logOfMean(begun.worse))).toBeLessThan(1);
  });

  it('carries no verdict that was told, so that a service that has recovered passes its next hold', () => {
    const off = weigh(times(50, both(of(80, 4), of(320, 16))));
    expect(decideAtEnd(off, test).kind).toBe('off-objective');
    const begun = continueInHold(evidenceAtStart(test), off, threshold);
    expect(begun.canaryOffObjective).toEqual(evidenceAtStart(test).canaryOffObjective);
    const good = weigh(times(20, both(of(80, 0), of(320, 0))), {}, begun);
    expect(decideAtEnd(good, test).kind).toBe('good');
  });

  it('knows from the first look on that stable fails in bursts', () => {
    const bursts = times(20, 0).map((_, look) =>
      both(of(80, 0), of(320, look % 10 === 0 ? 60 : 0)),
    );
    const begun = continueInHold(evidenceAtStart(test), weigh(bursts), threshold);
    const burst = both(of(80, 15), of(320, 0));
    expect(decideNow(weigh([burst]), test)).toBeDefined();
    expect(decideNow(weigh([burst], {}, begun), test)).toBeUndefined();
  });
});

describe('a hold that an earlier version began', () => {
  const before = (intervals: TrackCounts[]) =>
    intervals.reduce<Evidence>(
      (sum, interval) => recordCounts(sum, interval, fromTheFirst),
      noEvidence,
    );

  it('goes on with what it had seen, by half', () => {
    const bad = both(of(20, 1), of(80, 0));
    const begun = before(times(2, bad));
    expect(begun).not.toHaveProperty('looks');
    const onward = recordCounts(begun, bad, test);
    expect(onward.looks).toBe(1);
    const half = logOfMean(before(times(3, bad)).worse) - Math.log(2);
    expect(logOfMean(onward.worse)).toBeGreaterThan(half);
    expect(logOfMean(onward.worse)).toBeLessThan(half + 0.5);
    expect(decideNow(recordCounts(recordCounts(onward, bad, test), bad, test), test)).toBeDefined();
  });

  it('has an expectation of at most 1 after it was taken over', () => {
    const split = (bad: number, ofCanary: number) => both(of(20, ofCanary), of(80, bad - ofCanary));
    const after = expected(3, 0.2, (one) =>
      expected(4, 0.2, (two) => worth(weigh([split(4, two)], {}, before([split(3, one)])))),
    );
    expect(after).toBeCloseTo(1, 10);
  });

  it('is read by that version, too, and is never found worse than it is', () => {
    const bad = both(of(20, 1), of(80, 0));
    const now = weigh(times(3, bad));
    const back = recordCounts(now, bad, fromTheFirst);
    expect(logOfMean(back.worse)).toBeLessThan(logOfMean(before(times(4, bad)).worse));
  });
});
