import { expect, it } from 'vitest';
import type { AnalysisFigures, FalseAborts, Regression } from '../../bench/analysis/measure.ts';
import { intervalRule } from '../../bench/analysis/rules.ts';
import { missedTargets } from '../../bench/analysis/targets.ts';

const all = { count: 100, of: 100 };
const none = { count: 0, of: 100 };

const regression: Regression = {
  ...{ scenario: 'steady', rule: 'sequential', base: 0.001, ratio: 10 },
  ...{ rejected: all, missed: none, paused: none },
  exposed: { mean: 500, margin: 50 },
  failed: { mean: 5, margin: 1 },
  wald: 400,
};
const byIntervals: Regression = {
  ...regression,
  rule: intervalRule,
  exposed: { mean: 5_000, margin: 50 },
};
const healthy: FalseAborts = {
  ...{ scenario: 'steady', isSplitAtRandom: true, rule: 'sequential', base: 0.001 },
  rejected: { count: 8, of: 2_000 },
  paused: none,
};

const missed = (figures: Partial<AnalysisFigures>) =>
  missedTargets({ bound: [], regressions: [], falseAborts: [], verdictMs: 0.1, ...figures });

it('misses nothing where a bad release is found with a tenth of the interval rule’s requests', () => {
  expect(missed({ regressions: [regression, byIntervals], falseAborts: [healthy] })).toEqual([]);
});

it('names a release that the interval rule finds sooner, and whether any test could', () => {
  const late = { ...regression, exposed: { mean: 2_500, margin: 50 } };
  expect(missed({ regressions: [late, byIntervals] })).toEqual([
    "steady, 10x over 0.1 %: 0.50 of the interval rule's requests",
  ]);
  expect(missed({ regressions: [{ ...late, wald: 2_000 }, byIntervals] })).toEqual([
    "steady, 10x over 0.1 %: 0.50 of the interval rule's requests, Wald's bound is 0.40",
  ]);
});

it('compares with no rule that aborts good releases, or finds few of the bad ones', () => {
  const late = { ...regression, exposed: { mean: 4_000, margin: 50 } };
  const careless: FalseAborts = { ...healthy, rule: intervalRule, rejected: all };
  expect(missed({ regressions: [late, byIntervals], falseAborts: [careless] })).toEqual([]);
  const blind = { ...byIntervals, rejected: { count: 1, of: 100 } };
  expect(missed({ regressions: [late, blind] })).toEqual([]);
});

it('misses a rate of false aborts that may lie above alpha, if only requests are split at random', () => {
  const doubtful: FalseAborts = { ...healthy, rejected: { count: 17, of: 2_000 } };
  expect(missed({ falseAborts: [doubtful] })).toEqual([
    'steady at 0.1 %: 17 of 2000 aborted, up to 1.36 %',
  ]);
  expect(missed({ falseAborts: [{ ...doubtful, isSplitAtRandom: false }] })).toEqual([]);
});
