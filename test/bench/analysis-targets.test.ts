import { expect, it } from 'vitest';
import type { AnalysisFigures, FalseAborts, Regression } from '../../bench/analysis/measure.ts';
import type { ChangeFigures } from '../../bench/analysis/measure-changes.ts';
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
  missedTargets({
    ...{ bound: [], regressions: [], falseAborts: [], changes: [], verdictMs: 0.1 },
    ...figures,
  });

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

const first: ChangeFigures = {
  ...{ changing: '10x of 0.2 %, from the first request', rule: 'sequential' },
  ...{ rejected: all, tooSoon: none, passed: none, paused: none },
  found: { medianS: 12, slowestS: 40, failed: { mean: 8, margin: 1 } },
};
const late: ChangeFigures = {
  ...first,
  changing: '10x of 0.2 %, in the last minute',
  found: { medianS: 18, slowestS: 50, failed: { mean: 20, margin: 1 } },
};

it('misses a release that becomes bad late and is found too seldom, or too late', () => {
  expect(missed({ changes: [first, late] })).toEqual([]);
  const seldom = { ...late, rejected: { count: 98, of: 100 } };
  expect(missed({ changes: [first, seldom] })).toEqual([
    '10x of 0.2 %, in the last minute: 98 % found',
  ]);
  const slow = { ...late, found: { medianS: 24, slowestS: 50, failed: { mean: 20, margin: 1 } } };
  expect(missed({ changes: [first, slow] })).toEqual([
    '10x of 0.2 %, in the last minute: found after 2.00 times as long as from the first request',
  ]);
});

it('misses a drift that passes once, and aborts for nothing that are no chance', () => {
  const drift: ChangeFigures = {
    ...{ changing: 'both drift from 0.1 to 3 %', rule: 'sequential' },
    ...{ rejected: none, tooSoon: none, passed: { count: 1, of: 100 }, paused: all },
  };
  expect(missed({ changes: [drift] })).toEqual(['both drift from 0.1 to 3 %: 1 of 100 passed']);
  const hasty = { ...late, tooSoon: { count: 5, of: 100 } };
  expect(missed({ changes: [hasty] })).toEqual([
    '10x of 0.2 %, in the last minute: 5 of 100 aborted for nothing',
  ]);
  expect(missed({ changes: [{ ...late, tooSoon: { count: 1, of: 100 } }] })).toEqual([]);
});

it('misses releases that are bad from the start and get more requests than a test needs that knows no other start', () => {
  const before: Regression = { ...regression, rule: 'sequential, since the start of the hold' };
  const sooner = { ...before, exposed: { mean: 400, margin: 40 } };
  expect(missed({ regressions: [regression, before] })).toEqual([]);
  expect(missed({ regressions: [regression, sooner] })).toEqual([
    'releases that are bad from the start get 1.25 times the requests of before',
  ]);
});
