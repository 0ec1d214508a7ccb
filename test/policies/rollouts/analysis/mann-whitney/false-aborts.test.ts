import { describe, expect, it } from 'vitest';
import { seeded, type Random } from '../../../../../bench/analysis/random.ts';
import { decideSeries } from '../../../../../src/policies/rollouts/analysis/mann-whitney/judge-series.ts';
import type { SeriesTest } from '../../../../../src/policies/rollouts/analysis/mann-whitney/series-test.ts';

type Draw = (random: Random) => number;

const normal: Draw = (random) =>
  100 + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const exponential: Draw = (random) => -Math.log(1 - random());
/** Mostly 0, sometimes 1, rarely 2. */
const tied: Draw = (random) => Math.floor(3 * random() ** 3);

const test: SeriesTest = { metric: 'queue', worse: 'higher', alpha: 0.01, leastEffect: 0 };

interface Holds {
  canary: Draw;
  stable: Draw;
  samples: number;
  runs: number;
}

/** The chances that were small enough to reject, hold by hold. */
function rejections({ canary, stable, samples, runs }: Holds, over: Partial<SeriesTest>): number[] {
  return Array.from({ length: runs }, (_, index) => {
    const random = seeded(index + 1);
    const values = (draw: Draw) => Array.from({ length: samples }, () => draw(random));
    const series = { canary: values(canary), stable: values(stable) };
    return decideSeries(series, { ...test, ...over });
  }).flatMap(({ kind, p }) => (kind === 'worse' && p !== undefined ? [p] : []));
}

/** What as many rejections as alpha allows stay below in all but one of a thousand cases. */
function bound(runs: number, alpha: number): number {
  return runs * alpha + 3.1 * Math.sqrt(runs * alpha * (1 - alpha));
}

describe('a release whose values are as those of stable', () => {
  it.each([
    { of: 'normal', draw: normal, samples: 10, worse: 'higher' as const },
    { of: 'normal', draw: normal, samples: 30, worse: 'higher' as const },
    { of: 'heavily tied', draw: tied, samples: 10, worse: 'higher' as const },
    { of: 'heavily tied', draw: tied, samples: 30, worse: 'either' as const },
    { of: 'exponential', draw: exponential, samples: 10, worse: 'either' as const },
    { of: 'exponential', draw: exponential, samples: 30, worse: 'higher' as const },
  ])(
    'is aborted no oftener than alpha says: $of values, $looks looks, $worse is worse',
    ({ draw, samples, worse }) => {
      const runs = 2_000;
      const chances = rejections(
        { canary: draw, stable: draw, samples, runs },
        { alpha: 0.05, worse },
      );
      const rejectedWith = (alpha: number) => chances.filter((p) => p <= alpha).length;
      for (const alpha of [0.05, 0.01]) {
        expect(rejectedWith(alpha)).toBeLessThanOrEqual(bound(runs, alpha));
      }
    },
  );
});

describe('a release whose values are one standard deviation higher', () => {
  it.each([
    { alpha: 0.05, samples: 20, power: 0.85 },
    { alpha: 0.01, samples: 20, power: 0.65 },
    { alpha: 0.01, samples: 40, power: 0.95 },
  ])('is found with alpha $alpha by $looks looks in more than $power of holds', (given) => {
    const runs = 500;
    const higher: Draw = (random) => normal(random) + 1;
    const { alpha, samples } = given;
    const found = rejections({ canary: higher, stable: normal, samples, runs }, { alpha });
    expect(found.length / runs).toBeGreaterThan(given.power);
  });
});
