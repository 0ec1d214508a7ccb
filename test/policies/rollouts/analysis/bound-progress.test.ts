import { describe, expect, test } from 'vitest';
import type { HoldProgress, WatchHoldInput } from '../../../../src/contracts/rollouts/hold.ts';
import type { Sample } from '../../../../src/contracts/rollouts/sample.ts';
import type { TrafficSnapshot } from '../../../../src/contracts/rollouts/traffic.ts';
import {
  boundProgress,
  progressLimits,
} from '../../../../src/policies/rollouts/analysis/bound-progress.ts';
import { continueSample } from '../../../../src/policies/rollouts/analysis/continue-sample.ts';
import { judgeOf } from '../../../../src/policies/rollouts/analysis/judge.ts';
import { noProgress } from '../../../../src/policies/rollouts/analysis/progress.ts';
import type { JudgeSpec } from '../../../../src/specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../../src/specs/rollouts/metrics.ts';

const judges: readonly [JudgeSpec, ...JudgeSpec[]] = [
  { mode: 'threshold', count: 5, failureLimit: 1_000, minRequests: 1 },
  { mode: 'sequential', alpha: 0.01, tolerance: 1, effect: 5, power: 0.8, bursts: false },
  {
    mode: 'mannWhitney',
    alpha: 0.01,
    worse: 'higher',
    leastEffect: 0.1,
    missing: 'remove',
    maxMissing: 0.5,
  },
];
const [byThreshold] = judges;

const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, null];

/** Of so many pods, each of which has answered so much. */
function traffic(pods: number, takenAtMs: number, answered: number): TrafficSnapshot {
  const sources = Array.from({ length: pods }, (_, i) => {
    const track = i % 10 === 0 ? ('canary' as const) : ('stable' as const);
    const id = `8c2f3a9e-4b1d-4c6e-9f00-${String(i).padStart(12, '0')}`;
    const counts = boundsMs.map((_bound, b) => answered - (boundsMs.length - 1 - b));
    const counters = { requests: answered, errors: 3, latency: { boundsMs, counts } };
    return [`${track} ${id}`, { track, since: 1_700_000_000_000 + i, counters }] as const;
  });
  return { takenAtMs, sources: Object.fromEntries(sources) };
}

/** A hold of many metrics: some of traffic, of which some are slow, and some with a source of their own. */
function metricsOf(count: number): MetricSpec[] {
  return Array.from({ length: count }, (_, i): MetricSpec => {
    const name = `checkout-requests-${i}`;
    if (i % 2 === 0) return { name, measure: { kind: 'error-rate' }, max: 0.001, ...slow(i) };
    return {
      name,
      measure: { kind: 'value' },
      max: 1,
      source: { kind: 'prometheus-value', query: 'queue' },
    };
  });
}

const slow = (i: number) => (i % 10 === 0 ? { intervalMs: 600_000 } : {});

function held(pods: number, metrics: number, analysis: JudgeSpec): HoldProgress {
  const hold: WatchHoldInput = {
    ref: { service: 'shop', environment: 'test', target: { platform: 'local' } },
    rolloutId: 'r',
    version: 'v2',
    track: 'canary',
    sinceStep: 1,
    weight: 10,
    analysis: {
      ...analysis,
      metrics: metricsOf(metrics),
      consecutiveErrorLimit: 3,
      intervalMs: 60_000,
    },
    intervalMs: 60_000,
    holdMs: 0,
    tests: 1,
    deadlineMs: 1e15,
    failuresOnly: true,
  };
  const judge = judgeOf(hold);
  let progress = noProgress;
  for (let i = 0; i < 65; i++) {
    const takenAtMs = 1_700_000_000_000 + i * 60_000;
    const readings = Object.fromEntries(
      metricsOf(metrics).map(({ name }) => [
        name,
        {
          kind: 'value',
          values: { canary: 1.123456789012345 + i / 7, stable: 2 + i / 3 },
        } as const,
      ]),
    );
    const sample: Sample = {
      takenAtMs,
      traffic: traffic(i < 62 ? 10 : pods, takenAtMs, 12 + i * 1_000),
      readings,
    };
    const { baseline } = progress;
    if (judge && baseline) progress = judge.record(progress, baseline, sample);
    progress = { ...progress, baseline: continueSample(baseline, sample) };
  }
  return progress;
}

describe('the progress of a hold with 1,000 pods and 50 metrics', () => {
  test.each(judges)('is sent within 256 KB where it is judged by $mode', (analysis) => {
    const progress = held(1_000, 50, analysis);
    expect(JSON.stringify(progress).length).toBeGreaterThan(1_000_000);
    const sent = boundProgress(progress, progressLimits.heartbeat);
    expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThan(256 * 1024);
    expect(sent.tallies).toEqual(progress.tallies);
    const kept = boundProgress(progress, progressLimits.outcome);
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(256 * 1024);
  });

  test('has no data for the interval in which it was continued, and all that came before', () => {
    const progress = held(1_000, 2, byThreshold);
    const sent = boundProgress(progress, progressLimits.heartbeat);
    const { baseline: _baseline, starts: _starts, ...measured } = progress;
    expect(sent).toEqual(measured);
  });
});

test('the progress of a usual service is sent whole', () => {
  const progress = held(20, 5, byThreshold);
  expect(boundProgress(progress, progressLimits.heartbeat)).toBe(progress);
  expect(boundProgress(progress, progressLimits.outcome)).toEqual(progress);
});

test('of two slow and quick metrics, what the slow ones began with goes first', () => {
  const progress = held(500, 12, byThreshold);
  const sent = boundProgress(progress, progressLimits.heartbeat);
  expect(progress.starts).toBeDefined();
  expect(sent.starts).toBeUndefined();
  expect(sent.baseline).toBeDefined();
});
