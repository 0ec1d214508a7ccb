import { describe, expect, it } from 'vitest';
import { seeded } from '../../../../bench/analysis/random.ts';
import type { Evidence, TrackCounts } from '../../../../src/contracts/kernel/counted-evidence.ts';
import { alternatives } from '../../../../src/policies/kernel/sequential/alternatives.ts';
import { logOfMean } from '../../../../src/policies/kernel/sequential/log-ratios.ts';
import {
  decideAtEnd,
  decideNow,
  noEvidence,
  recordCounts,
  type SequentialTest,
} from '../../../../src/policies/kernel/sequential/weigh-evidence.ts';

const test: SequentialTest = {
  ...{ alpha: 0.01, tolerance: 1, objective: 0.01, effect: 5, power: 0.8, bursts: false },
};

const counts = (canary: [number, number], stable: [number, number]): TrackCounts => ({
  canary: { total: canary[0], bad: canary[1] },
  stable: { total: stable[0], bad: stable[1] },
});

function weigh(intervals: TrackCounts[], over: Partial<SequentialTest> = {}): Evidence {
  return intervals.reduce<Evidence>(
    (evidence, interval) => recordCounts(evidence, interval, { ...test, ...over }),
    noEvidence,
  );
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('the evidence that a canary is worse than stable', () => {
  it('believes in its alternatives with all it has, and no more', () => {
    expect(alternatives.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(logOfMean(noEvidence.worse)).toBeCloseTo(0);
  });

  it('decides with the fourth failure where the canary has a fifth of the traffic and stable none', () => {
    const failure = counts([20, 1], [80, 0]);
    expect(decideNow(weigh(times(3, failure)), test)).toBeUndefined();
    const decision = decideNow(weigh(times(4, failure)), test);
    expect(decision?.chance).toBeLessThan(0.01);
    expect(decision?.chance).toBeGreaterThan(0.001);
  });

  it('is the same however the traffic is cut into intervals of one weight', () => {
    const whole = weigh([counts([200, 4], [800, 2])]);
    const parts = weigh([counts([150, 1], [600, 2]), counts([50, 3], [200, 0])]);
    parts.worse.forEach((ratio, index) => {
      expect(ratio).toBeCloseTo(whole.worse[index] ?? NaN);
    });
  });

  it('does not rise with an incident that both tracks share, even where the weight rose before it', () => {
    const quiet = times(20, counts([50, 0], [950, 0]));
    const incident = times(20, counts([500, 150], [500, 150]));
    expect(logOfMean(weigh([...quiet, ...incident]).worse)).toBeLessThan(0);
  });

  it('is none where either track had no traffic', () => {
    expect(logOfMean(weigh([counts([0, 0], [80, 40])]).worse)).toBeCloseTo(0);
    expect(logOfMean(weigh([counts([20, 0], [0, 0])], { objective: 1e-6 }).worse)).toBeCloseTo(0);
  });

  it('lets a canary be as many times worse as the tolerance says', () => {
    const twice = times(200, counts([20, 2], [80, 4]));
    expect(decideNow(weigh(twice), test)).toBeDefined();
    expect(decideNow(weigh(twice, { tolerance: 2 }), test)).toBeUndefined();
  });

  it('counts a burst as one bad request where the spec says so', () => {
    const burst = counts([200, 30], [800, 0]);
    expect(decideNow(weigh([burst]), test)).toBeDefined();
    expect(decideNow(weigh([burst], { bursts: true }), test)).toBeUndefined();
  });

  it('counts for less where bad requests come in bursts at stable too', () => {
    const calm = times(20, counts([20, 0], [80, 1]));
    const bursts = times(20, 0).map((_, index) => counts([20, 0], [80, index % 10 === 0 ? 10 : 0]));
    const burst = counts([20, 5], [80, 0]);
    const rise = (before: TrackCounts[]) =>
      (weigh([...before, burst]).worse.at(-1) ?? 0) - (weigh(before).worse.at(-1) ?? 0);
    expect(rise(bursts)).toBeLessThan(rise(calm) / 2);
  });

  it('is held against the objective where stable has no traffic', () => {
    expect(decideNow(weigh([counts([300, 20], [0, 0])]), test)).toBeDefined();
    expect(decideNow(weigh([counts([3000, 25], [0, 0])]), test)).toBeUndefined();
  });
});

describe('a hold at its end', () => {
  it('is good where a release five times as bad would have been found out', () => {
    expect(decideAtEnd(weigh([counts([1_000, 2], [4_000, 8])]), test).kind).toBe('good');
  });

  it('tells nothing where the traffic could not have told', () => {
    const decision = decideAtEnd(weigh([counts([20, 0], [80, 0])]), test);
    expect(decision.kind).toBe('too-little');
    expect(decideAtEnd(noEvidence, test)).toEqual({ kind: 'too-little', power: 0 });
  });

  it('does not abort a release for what stable does too, nor passes it', () => {
    const both = weigh(times(10, counts([200, 12], [800, 48])));
    expect(decideNow(both, test)).toBeUndefined();
    expect(decideAtEnd(both, test)).toEqual({ kind: 'off-objective', stableToo: true });
  });
});

describe('a release that is no worse', () => {
  it('is rejected in at most one of a hundred rollouts, looked at after every failure', () => {
    const rollouts = 1_000;
    let rejected = 0;
    for (let seed = 1; seed <= rollouts; seed++) {
      const next = seeded(seed);
      let evidence = noEvidence;
      for (let failure = 0; failure < 400; failure++) {
        // The share of the canary rises from 5 % to 50 %; both fail one of 100 requests.
        const share = failure < 100 ? 0.05 : failure < 200 ? 0.2 : 0.5;
        const onCanary = next() < share ? 1 : 0;
        const interval = counts([100 * share, onCanary], [100 * (1 - share), 1 - onCanary]);
        evidence = recordCounts(evidence, interval, test);
        if (decideNow(evidence, test) !== undefined) {
          rejected += 1;
          break;
        }
      }
    }
    expect(rejected).toBeLessThanOrEqual(rollouts * test.alpha);
  });
});
