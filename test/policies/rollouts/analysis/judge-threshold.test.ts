import { describe, expect, it } from 'vitest';
import type { HoldProgress } from '../../../../src/contracts/rollouts/hold.ts';
import type { Measurement, VerdictKind } from '../../../../src/contracts/rollouts/verdict.ts';
import type { ThresholdJudge } from '../../../../src/specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../../src/specs/rollouts/metrics.ts';
import {
  judgeAtDeadline,
  judgeSoFar,
  recordMeasurement,
  thresholdJudge,
} from '../../../../src/policies/rollouts/analysis/judge-threshold.ts';
import { noProgress } from '../../../../src/policies/rollouts/analysis/progress.ts';
import { counters, sampleOf, snapshot } from './traffic.ts';

const metric: MetricSpec = { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 };
const judge: ThresholdJudge = { mode: 'threshold', count: 5, failureLimit: 2, minRequests: 10 };

function measurement(result: VerdictKind): Measurement {
  const reasons = { pass: undefined, fail: '5 % is outside at most 1 %', inconclusive: 'silence' };
  const reason = reasons[result];
  return { metric: 'error-rate', atMs: 0, requests: 1000, result, ...(reason && { reason }) };
}

function record(progress: HoldProgress, result: VerdictKind, intervals = 1): HoldProgress {
  return recordMeasurement(progress, measurement(result), intervals);
}

function after(...results: VerdictKind[]): HoldProgress {
  return results.reduce<HoldProgress>((progress, result) => record(progress, result), noProgress);
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('a hold before its end', () => {
  it('goes on while failures are within the limit', () => {
    expect(judgeSoFar(after('fail', 'pass', 'fail'), metric, judge)).toBeUndefined();
  });

  it('fails with the first failure past the limit, and says how often and what was last', () => {
    expect(judgeSoFar(after('fail', 'pass', 'fail', 'fail'), metric, judge)).toEqual({
      kind: 'fail',
      reasons: ['error-rate failed 3 measurements; last: 5 % is outside at most 1 %'],
    });
  });
});

describe('a hold at its end', () => {
  it('passes with data for as many intervals as asked for', () => {
    expect(judgeAtDeadline(after(...times(5, 'pass' as const)), metric, judge)).toEqual({
      kind: 'pass',
      reasons: ['error-rate passed 5 of 5 measurements'],
    });
  });

  it('passes with tolerated failures, and does not hide them', () => {
    const progress = after('pass', 'fail', 'pass', 'fail', 'pass');
    expect(judgeAtDeadline(progress, metric, judge)).toEqual({
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
      record(after(...times(4, 'pass' as const)), 'pass', 0.4),
      'error-rate had data for 4.4 of the 5 intervals it needs',
    ],
  ])('is inconclusive when %s', (_title, progress, reason) => {
    expect(judgeAtDeadline(progress, metric, judge)).toEqual({
      kind: 'inconclusive',
      reasons: [reason],
    });
  });

  it('takes parts of intervals that add up to the hold as the whole of it', () => {
    const sliced = [0.9, 1.1, 1.05, 0.95, 0.6].reduce(
      (progress, intervals) => record(progress, 'pass', intervals),
      noProgress,
    );
    expect(judgeAtDeadline(sliced, metric, judge).kind).toBe('pass');
  });
});

describe('a gap in the watching', () => {
  it('counts as the intervals it spans, since counters tell what happened meanwhile', () => {
    const progress = record(after('pass', 'pass'), 'pass', 3);
    expect(judgeAtDeadline(progress, metric, judge).kind).toBe('pass');
  });

  it('counts as no more intervals than its requests would have filled', () => {
    const subject = { track: 'canary', intervalMs: 60_000 } as const;
    const recorded = thresholdJudge(metric, judge, subject).record(
      noProgress,
      sampleOf({ traffic: snapshot(counters(0), { takenAtMs: 0 }) }),
      sampleOf({ traffic: snapshot(counters(25), { takenAtMs: 180_000 }) }),
    );
    expect(recorded.coveredIntervals['error-rate']).toBe(2);
  });

  it('without data covers nothing', () => {
    const progress = record(after('pass', 'pass'), 'inconclusive', 3);
    expect(progress.coveredIntervals['error-rate']).toBe(2);
  });

  it('fails once, however long it was', () => {
    const progress = record(noProgress, 'fail', 30);
    expect(progress.tallies['error-rate']).toEqual({ passed: 0, failed: 1, noData: 0 });
  });
});

describe('the progress of a hold', () => {
  it('keeps the course of measurements and counts all, so that it can ride on heartbeats', () => {
    const progress = after(...times(1000, 'pass' as const), 'fail');
    expect(progress.measurements.length).toBeLessThanOrEqual(25);
    expect(progress.measurements.at(-1)?.result).toBe('fail');
    expect(progress.tallies['error-rate']).toEqual({ passed: 1000, failed: 1, noData: 0 });
    expect(JSON.stringify(progress).length).toBeLessThan(10_000);
  });

  it('is never changed in place, so that an older heartbeat stays what it was', () => {
    const before = after('pass');
    const copy = structuredClone(before);
    record(before, 'fail');
    expect(before).toEqual(copy);
  });
});

describe('limits that a spec may add', () => {
  it('end a hold at once after so many passes in a row, and not before', () => {
    const wanting = { ...judge, consecutiveSuccessLimit: 3 };
    expect(judgeSoFar(after('pass', 'pass', 'fail', 'pass', 'pass'), metric, wanting)).toBe(
      undefined,
    );
    expect(judgeSoFar(after('fail', 'pass', 'pass', 'pass'), metric, wanting)).toEqual({
      kind: 'pass',
      reasons: ['error-rate passed 3 measurements in a row'],
    });
    expect(
      judgeAtDeadline(after(...times(5, 'pass' as const), 'fail', 'pass'), metric, wanting),
    ).toEqual({
      kind: 'inconclusive',
      reasons: ['error-rate passed its last 1 measurements, and 3 in a row are asked for'],
    });
  });

  it('do not take silence for a pass in the row', () => {
    const wanting = { ...judge, consecutiveSuccessLimit: 2 };
    expect(judgeSoFar(after('pass', 'inconclusive', 'pass'), metric, wanting)).toBeUndefined();
  });

  it('end a hold as inconclusive after more measurements without data than are tolerated', () => {
    const strict = { ...judge, inconclusiveLimit: 1 };
    expect(judgeSoFar(after('inconclusive', 'pass'), metric, strict)).toBeUndefined();
    expect(judgeSoFar(after('inconclusive', 'pass', 'inconclusive'), metric, strict)).toEqual({
      kind: 'inconclusive',
      reasons: ['error-rate had no data 2 times: silence'],
    });
  });

  it('leave out what is measured before the initial delay is over', () => {
    const patient = thresholdJudge(
      metric,
      { ...judge, initialDelayMs: 120_000 },
      { track: 'canary', intervalMs: 60_000 },
    );
    const samples = [
      sampleOf({ traffic: snapshot(counters(0), { takenAtMs: 0 }) }),
      sampleOf({ traffic: snapshot(counters(100, 100), { takenAtMs: 60_000 }) }),
    ] as const;
    expect(patient.record({ ...noProgress, seenMs: 60_000 }, ...samples).tallies).toEqual({});
    expect(patient.record({ ...noProgress, seenMs: 120_000 }, ...samples).tallies).toEqual({
      'error-rate': { passed: 0, failed: 1, noData: 0 },
    });
  });
});
