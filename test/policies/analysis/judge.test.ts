import { describe, expect, it } from 'vitest';
import type { AnalysisSpec } from '../../../src/specs/metrics.ts';
import { judgeOf } from '../../../src/policies/analysis/judge.ts';
import { noProgress } from '../../../src/policies/analysis/progress.ts';

const metrics = [{ name: 'error-rate', measure: { kind: 'error-rate' as const }, max: 0.01 }];
const measured = { metrics, intervalMs: 60_000, consecutiveErrorLimit: 4 };
const judges: [string, AnalysisSpec][] = [
  ['threshold', { mode: 'threshold', ...measured, count: 5, failureLimit: 2, minRequests: 1 }],
  [
    'sequential',
    {
      ...{ mode: 'sequential', ...measured },
      ...{ alpha: 0.01, tolerance: 1, effect: 5, power: 0.8, bursts: false },
    },
  ],
];

function judgeWith(analysis: AnalysisSpec) {
  return judgeOf({
    ref: { service: 'shop', environment: 'demo', target: { platform: 'local' } },
    ...{ rolloutId: 'r1', version: 'v2', track: 'canary', sinceStep: 0, weight: 20, analysis },
    ...{ intervalMs: 60_000, holdMs: 300_000, tests: 1, deadlineMs: 0, failuresOnly: false },
  });
}

describe.each(judges)('a hold judged by %s', (_name, analysis) => {
  it.each([
    [4, undefined],
    [5, 'inconclusive'],
  ])('after %i errors in a row of the metric source is %s', (consecutiveErrors, kind) => {
    expect(judgeWith(analysis)?.soFar({ ...noProgress, consecutiveErrors })?.kind).toBe(kind);
  });

  it('is inconclusive at its end where nothing was ever measured', () => {
    expect(judgeWith(analysis)?.atDeadline(noProgress).kind).toBe('inconclusive');
  });
});

it('A hold without analysis has no judge', () => {
  expect(judgeWith({ mode: 'none' })).toBeUndefined();
});
