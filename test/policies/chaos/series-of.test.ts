import { expect, it } from 'vitest';
import type { Sample } from '../../../src/contracts/chaos/observation.ts';
import { controlOf, seriesOf } from '../../../src/policies/chaos/series-of.ts';
import type { HypothesisMetric } from '../../../src/specs/chaos/metric.ts';

const probe = { agent: 'outside', probe: 'web' };
const answers: HypothesisMetric = {
  ...{ name: 'answers', source: { of: 'errors', probe }, limits: { atMost: 0.05 } },
};
const quick: HypothesisMetric = {
  ...{ name: 'quick', source: { of: 'latency', probe, percentile: 99 }, limits: {} },
};
const every = (count: number, everyMs: number, sample: (index: number) => Partial<Sample>) =>
  Array.from({ length: count }, (_, index) => ({ afterMs: index * everyMs, ...sample(index) }));

it('is a value for each sample of a short window, and none where nothing is known', () => {
  const samples = every(5, 1_000, (index) => (index === 2 ? { failed: true } : { value: 20 }));
  const window = { lengthMs: 5_000, everyMs: 1_000 };
  expect(
    seriesOf([answers, quick], { ...window, samples: { answers: samples, quick: samples } }),
  ).toEqual({ answers: [0, 0, 1, 0, 0], quick: [20, 20, null, 20, 20] });
});

it('has thirty values of the longest window: of what failed, a share in each part', () => {
  const samples = every(600, 1_000, (index) => ({
    value: 20,
    ...(index % 4 === 0 && { failed: true as const }),
  }));
  const { answers: series } = seriesOf([answers], {
    ...{ lengthMs: 600_000, everyMs: 1_000, samples: { answers: samples } },
  });
  expect(series).toEqual(Array.from({ length: 30 }, () => 0.25));
});

it('counts between the samples of two tracks, also from one part to the next', () => {
  const test = { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 };
  const failed: HypothesisMetric = {
    ...{ name: 'failed', source: { of: 'failed', test }, limits: { atMost: 0.01 } },
  };
  const samples = every(4, 1_000, (index) => ({
    counts: {
      experiment: { total: 10 * index, bad: index === 3 ? 5 : 0 },
      control: { total: 10 * index, bad: index === 0 ? 0 : 1 },
    },
  }));
  const window = { lengthMs: 4_000, everyMs: 1_000, samples: { failed: samples } };
  expect(seriesOf([failed], window)).toEqual({ failed: [null, 0, 0, 0.5] });
  expect(controlOf([failed, answers], window)).toEqual({
    failed: { value: 1 / 30, series: [null, 0.1, 0, 0] },
  });
});

it('counts a sample that came late to the last part, and knows nothing of a metric without samples', () => {
  const samples = [{ afterMs: 9_999, value: 1 }];
  expect(
    seriesOf([answers, quick], { lengthMs: 2_000, everyMs: 1_000, samples: { answers: samples } }),
  ).toEqual({ answers: [null, 0], quick: [null, null] });
});
