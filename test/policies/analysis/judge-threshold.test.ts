import { describe, expect, it } from 'vitest';
import type { HoldProgress } from '../../../src/contracts/hold.ts';
import type { Measurement, VerdictKind } from '../../../src/contracts/verdict.ts';
import type { ThresholdAnalysis } from '../../../src/specs/metrics.ts';
import {
  judgeAtDeadline,
  judgeSoFar,
  recordMeasurements,
} from '../../../src/policies/analysis/judge-threshold.ts';
import { noProgress } from '../../../src/policies/analysis/progress.ts';

const analysis: ThresholdAnalysis = {
  mode: 'threshold',
  metrics: [{ name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 }],
  intervalMs: 60_000,
  count: 5,
  failureLimit: 2,
  consecutiveErrorLimit: 4,
  minRequests: 10,
};

function measurement(result: VerdictKind, requests: number): Measurement {
  const reasons = { pass: undefined, fail: '5 % is outside at most 1 %', inconclusive: 'silence' };
  const reason = reasons[result];
  return { metric: 'error-rate', atMs: 0, requests, result, ...(reason && { reason }) };
}

function record(
  progress: HoldProgress,
  result: VerdictKind,
  { intervals = 1, requests = 1000 } = {},
): HoldProgress {
  const reading = { measurements: [measurement(result, requests)], requests, errors: 1 };
  return recordMeasurements(progress, reading, { intervals, minRequests: analysis.minRequests });
}

function after(...results: VerdictKind[]): HoldProgress {
  return results.reduce<HoldProgress>((progress, result) => record(progress, result), noProgress);
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('a hold before its end', () => {
  it('goes on while failures are within the limit', () => {
    expect(judgeSoFar(after('fail', 'pass', 'fail'), analysis)).toBeUndefined();
  });

  it('fails with the first failure past the limit, and says how often and what was last', () => {
    expect(judgeSoFar(after('fail', 'pass', 'fail', 'fail'), analysis)).toEqual({
      kind: 'fail',
      reasons: ['error-rate failed 3 measurements; last: 5 % is outside at most 1 %'],
    });
  });
});

describe('a hold at its end', () => {
  it('passes with data for as many intervals as asked for', () => {
    expect(judgeAtDeadline(after(...times(5, 'pass' as const)), analysis)).toEqual({
      kind: 'pass',
      reasons: ['error-rate passed 5 of 5 measurements'],
    });
  });

  it('passes with forgiven failures, and does not hide them', () => {
    const progress = after('pass', 'fail', 'pass', 'fail', 'pass');
    expect(judgeAtDeadline(progress, analysis)).toEqual({
      kind: 'pass',
      reasons: ['error-rate passed 3 of 5 measurements'],
    });
  });

  it.each([
    ['nothing was measured', noProgress, 'error-rate had data for 0 of the 5 intervals it needs'],
    [
      'it was silent',
      after(...times(5, 'inconclusive' as const)),
      'error-rate had data for 0 of the 5 intervals it needs: silence',
    ],
    [
      'one interval too few had data',
      after(...times(4, 'pass' as const), 'inconclusive'),
      'error-rate had data for 4 of the 5 intervals it needs: silence',
    ],
    [
      'intervals were watched in part, down to below the half',
      record(after(...times(4, 'pass' as const)), 'pass', { intervals: 0.4 }),
      'error-rate had data for 4.4 of the 5 intervals it needs',
    ],
  ])('is inconclusive when %s', (_title, progress, reason) => {
    expect(judgeAtDeadline(progress, analysis)).toEqual({
      kind: 'inconclusive',
      reasons: [reason],
    });
  });

  it('names every metric that has too little evidence, and only those', () => {
    const metrics = [
      ...analysis.metrics,
      { name: 'p99', measure: { kind: 'latency' as const, quantile: 0.99 }, max: 500 },
    ];
    const verdict = judgeAtDeadline(after(...times(5, 'pass' as const)), { ...analysis, metrics });
    expect(verdict).toEqual({
      kind: 'inconclusive',
      reasons: ['p99 had data for 0 of the 5 intervals it needs'],
    });
  });

  it('takes parts of intervals that add up to the hold as the whole of it', () => {
    const sliced = [0.9, 1.1, 1.05, 0.95, 0.6].reduce(
      (progress, intervals) => record(progress, 'pass', { intervals }),
      noProgress,
    );
    expect(judgeAtDeadline(sliced, analysis).kind).toBe('pass');
  });
});

describe('a gap in the watching', () => {
  it('counts as the intervals it spans, since counters tell what happened meanwhile', () => {
    const progress = record(after('pass', 'pass'), 'pass', { intervals: 3 });
    expect(judgeAtDeadline(progress, analysis).kind).toBe('pass');
  });

  it('counts as no more intervals than its requests would have filled', () => {
    const progress = record(after('pass', 'pass'), 'pass', { intervals: 3, requests: 20 });
    expect(judgeAtDeadline(progress, analysis)).toEqual({
      kind: 'inconclusive',
      reasons: ['error-rate had data for 4 of the 5 intervals it needs'],
    });
  });

  it('without data covers nothing', () => {
    const progress = record(after('pass', 'pass'), 'inconclusive', { intervals: 3 });
    expect(progress.coveredIntervals['error-rate']).toBe(2);
  });

  it('fails once, however long it was', () => {
    const progress = record(noProgress, 'fail', { intervals: 30 });
    expect(progress.tallies['error-rate']).toEqual({ passed: 0, failed: 1, noData: 0 });
  });
});

describe('the progress of a hold', () => {
  it('keeps only the newest measurements but counts all, so that it can ride on heartbeats', () => {
    const progress = after(...times(1000, 'pass' as const));
    expect(progress.measurements).toHaveLength(40);
    expect(progress.tallies['error-rate']?.passed).toBe(1000);
    expect(progress).toMatchObject({ canaryRequests: 1_000_000, canaryErrors: 1000 });
    expect(JSON.stringify(progress).length).toBeLessThan(10_000);
  });

  it('is never changed in place, so that an older heartbeat stays what it was', () => {
    const before = after('pass');
    const copy = structuredClone(before);
    record(before, 'fail');
    expect(before).toEqual(copy);
  });
});
