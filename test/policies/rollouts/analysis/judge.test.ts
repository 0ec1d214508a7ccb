import { describe, expect, it } from 'vitest';
import type { HoldProgress } from '../../../../src/contracts/rollouts/hold.ts';
import type { Sample } from '../../../../src/contracts/rollouts/sample.ts';
import type { Reading } from '../../../../src/contracts/rollouts/metric-reader.ts';
import { continueSample } from '../../../../src/policies/rollouts/analysis/continue-sample.ts';
import { judgeOf, type Judge } from '../../../../src/policies/rollouts/analysis/judge.ts';
import { noProgress } from '../../../../src/policies/rollouts/analysis/progress.ts';
import type { AnalysisSpec, MeasuredAnalysis } from '../../../../src/specs/rollouts/analysis.ts';
import type { SequentialJudge } from '../../../../src/specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../../src/specs/rollouts/metrics.ts';
import { counters, sampleOf, snapshot } from './traffic.ts';

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

function judgeWith(analysis: AnalysisSpec, intervalMs = 60_000) {
  return judgeOf({
    ref: { service: 'shop', environment: 'demo', target: { platform: 'local' } },
    ...{ rolloutId: 'r1', version: 'v2', track: 'canary', sinceStep: 0, weight: 20, analysis },
    ...{ intervalMs, holdMs: 300_000, tests: 1, deadlineMs: 0, failuresOnly: false },
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

describe('a hold over metrics of several sources', () => {
  const errorRate: MetricSpec = { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 };
  const queue: MetricSpec = {
    name: 'queue',
    measure: { kind: 'value' },
    source: { kind: 'http', url: 'http://shop/stats', pointer: '/queue' },
    max: 100,
    intervalMs: 60_000,
    judge: { mode: 'threshold', count: 2, failureLimit: 0, minRequests: 1 },
  };
  const sequential: MeasuredAnalysis & SequentialJudge = {
    ...{ mode: 'sequential', metrics: [errorRate, queue], intervalMs: 10_000 },
    ...{ consecutiveErrorLimit: 2, alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 },
    bursts: false,
  };
  const judgeBy = (metrics: MetricSpec[]) => judgeWith({ ...sequential, metrics }, 10_000)!;

  /** Looks every ten seconds, ten good requests to the canary a second. */
  function play(
    judge: Judge,
    samples: number,
    queueAt: (ms: number) => Reading | undefined,
  ): HoldProgress {
    const at = (ms: number, names: string[]): Sample => {
      const reading = names.includes('queue') ? queueAt(ms) : undefined;
      return sampleOf({
        takenAtMs: ms,
        traffic: snapshot(counters(ms / 100), { takenAtMs: ms, stable: counters(ms / 25) }),
        readings: reading ? { queue: reading } : {},
      });
    };
    let progress = noProgress;
    for (let ms = 0; ms <= samples * 10_000; ms += 10_000) {
      const due = judge.due(progress, ms).map(({ name }) => name);
      const sample = at(ms, due);
      const { baseline } = progress;
      if (baseline) progress = judge.record(progress, baseline, sample);
      progress = { ...progress, baseline: continueSample(baseline, sample) };
    }
    return progress;
  }

  const value = (canary: number): Reading => ({ kind: 'value', values: { canary } });

  it('reads each at its own interval, and passes where all do', () => {
    const judge = judgeBy([errorRate, queue]);
    const progress = play(judge, 30, () => value(40));
    expect(progress.tallies['error-rate']?.passed).toBe(30);
    expect(progress.tallies['queue']?.passed).toBe(5);
    expect(judge.atDeadline(progress).kind).toBe('pass');
    expect(progress.canaryRequests).toBe(3_000);
  });

  it('fails by one of them, and names that', () => {
    const judge = judgeBy([errorRate, queue]);
    const progress = play(judge, 12, (ms) => value(ms < 120_000 ? 40 : 400));
    expect(judge.soFar(progress)).toEqual({
      kind: 'fail',
      reasons: ['queue failed 1 measurements; last: 400 is outside at most 100'],
    });
  });

  it('tells what a dry run would have decided, and does not decide by it', () => {
    const judge = judgeBy([errorRate, { ...queue, dryRun: true }]);
    const progress = play(judge, 30, () => value(400));
    expect(judge.soFar(progress)).toBeUndefined();
    const { kind, reasons } = judge.atDeadline(progress);
    expect(kind).toBe('pass');
    expect(reasons.at(-1)).toBe(
      'dry run, would be fail: queue failed 5 measurements; last: 400 is outside at most 100',
    );
  });

  it('asks a source again at the next look where it did not answer', () => {
    const judge = judgeBy([errorRate, queue]);
    const progress = play(judge, 9, (ms) => (ms === 60_000 ? undefined : value(40)));
    expect(progress.tallies['queue']?.passed).toBe(1);
    expect(judge.due(progress, 100_000)).toEqual([]);
    expect(judge.due(progress, 130_000)).toEqual([queue]);
  });

  it.each([
    [2, undefined],
    [3, 'queue: its source did not answer 3 times in a row: connection refused'],
  ])('is inconclusive once one source stays silent: %i times', (inARow, reason) => {
    const sourceErrors = { queue: { inARow, last: 'connection refused' } };
    const verdict = judgeBy([errorRate, queue]).soFar({ ...noProgress, sourceErrors });
    expect(verdict).toEqual(reason && { kind: 'inconclusive', reasons: [reason] });
  });

  it('ends early only where the other metrics would pass as they stand, too', () => {
    const limits = { mode: 'threshold', count: 2, failureLimit: 0, minRequests: 1 } as const;
    const quick = { ...queue, judge: { ...limits, consecutiveSuccessLimit: 3 } };
    const both = judgeBy([errorRate, quick]);
    expect(both.soFar(play(both, 20, () => value(40)))).toBeUndefined();
    const short = judgeBy([{ ...queue, name: 'depth' }, quick]);
    const passed = play(short, 30, () => value(40));
    expect(short.soFar(passed)).toBeUndefined();
    const coveredIntervals = { ...passed.coveredIntervals, depth: 2 };
    expect(short.soFar({ ...passed, coveredIntervals })?.reasons).toEqual([
      'depth passed 0 of 0 measurements',
      'queue passed 5 measurements in a row',
    ]);
    const alone = judgeBy([quick]);
    expect(alone.soFar(play(alone, 30, () => value(40)))).toEqual({
      kind: 'pass',
      reasons: ['queue passed 5 measurements in a row'],
    });
  });

  it('ranks the values of both tracks at the end where the spec says so', () => {
    const { max: _, ...unbounded } = queue;
    const judge = judgeBy([
      errorRate,
      {
        ...unbounded,
        intervalMs: 10_000,
        judge: {
          ...{ mode: 'mannWhitney', alpha: 0.01, worse: 'higher', leastEffect: 0.1 },
          ...{ missing: 'remove', maxMissing: 0.5 },
        },
      },
    ]);
    const ranked = (canary: number) =>
      judge.atDeadline(
        play(judge, 30, (ms) => ({
          kind: 'value',
          values: { canary: canary + ((ms / 10_000) % 7), stable: 40 + ((ms / 10_000) % 5) },
        })),
      );
    expect(ranked(40).kind).toBe('pass');
    const { kind, reasons } = ranked(80);
    expect(kind).toBe('fail');
    expect(reasons[0]).toMatch(/^queue: canary's median 8\d/);
  });

  it('carries little from look to look, whatever the metrics', () => {
    const progress = play(judgeBy([errorRate, queue]), 500, () => value(40));
    expect(JSON.stringify(progress).length).toBeLessThan(12_000);
  });
});
