import { describe, expect, it } from 'vitest';
import { seeded } from '../../../../../bench/analysis/random.ts';
import type { HoldProgress } from '../../../../../src/contracts/rollouts/hold.ts';
import type { TrackCounters } from '../../../../../src/contracts/rollouts/traffic.ts';
import { noProgress } from '../../../../../src/policies/rollouts/analysis/progress.ts';
import { sequentialJudge } from '../../../../../src/policies/rollouts/analysis/sequential/judge-sequential.ts';
import type { SequentialJudge } from '../../../../../src/specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../../../src/specs/rollouts/metrics.ts';
import { sampleOf, snapshot } from '../traffic.ts';

const errorRate: MetricSpec = { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 };
const p99: MetricSpec = { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 90 };
const second = 1_000;

const usual: SequentialJudge = {
  ...{ mode: 'sequential', alpha: 0.01, tolerance: 1, effect: 5, power: 0.8, bursts: false },
};

function judgeOf(metric: MetricSpec, over: Partial<SequentialJudge> = {}, tests = 1) {
  return sequentialJudge(
    metric,
    { ...usual, ...over },
    {
      ...{ track: 'canary', intervalMs: 2 * second, holdMs: 20 * second, tests },
    },
  );
}

/** Of a track since its start: so many requests, so many failed, so many slower than 100 ms. */
const served = (requests: number, errors = 0, slow = 0): TrackCounters => ({
  requests,
  errors,
  latency: { boundsMs: [10, 100, null], counts: [0, requests - slow, requests] },
});

/** A hold of twenty seconds, read every two. */
function play(
  metric: MetricSpec,
  canaryAt: (reading: number) => TrackCounters,
  stableAt = (reading: number) => served(800 * reading),
  isAnswered: (reading: number) => boolean = () => true,
  over: Partial<SequentialJudge> = {},
) {
  const judge = judgeOf(metric, over);
  const at = (reading: number) =>
    sampleOf({
      traffic: snapshot(isAnswered(reading) ? canaryAt(reading) : undefined, {
        takenAtMs: reading * 2 * second,
        stable: stableAt(reading),
      }),
    });
  let progress: HoldProgress = noProgress;
  for (let reading = 1; reading <= 10; reading++) {
    progress = judge.record(progress, at(reading - 1), at(reading));
  }
  return { soFar: judge.soFar(progress), atDeadline: judge.atDeadline(progress), progress };
}

describe('a hold judged by the sequential test', () => {
  it('passes a good release, and says what its traffic would have shown', () => {
    expect(play(errorRate, (reading) => served(200 * reading)).atDeadline).toEqual({
      kind: 'pass',
      reasons: [
        'error-rate: canary 0 % of 2,000 requests failed, stable 0 % of 8,000; this much traffic reveals a release 5 times as bad with more than 99.9 % certainty',
      ],
    });
  });

  it('fails a bad one before its end, and says how rarely a good one looks like that', () => {
    const { soFar } = play(errorRate, (reading) => served(200 * reading, reading));
    expect(soFar?.kind).toBe('fail');
    expect(soFar?.reasons[0]).toMatch(
      /^error-rate: canary 0\.5 % of 2,000 requests failed, stable 0 % of 8,000; a rollout of a good release would show this by chance once in [\d,]+$/,
    );
  });

  it('fails one whose requests are slow', () => {
    const { soFar } = play(p99, (reading) => served(200 * reading, 0, 10 * reading));
    expect(soFar?.reasons[0]).toContain('p99: canary 5 % of 2,000 requests took over 90 ms');
  });

  it('needs more evidence where alpha is shared by more tests', () => {
    const counters = served(200, 4);
    const read = (tests: number) => {
      const judge = judgeOf(errorRate, {}, tests);
      const before = sampleOf({
        traffic: snapshot(served(0), { takenAtMs: 0, stable: served(0) }),
      });
      const after = sampleOf({
        traffic: snapshot(counters, { takenAtMs: 2 * second, stable: served(800) }),
      });
      return judge.soFar(judge.record(noProgress, before, after))?.kind;
    };
    expect(read(1)).toBe('fail');
    expect(read(8)).toBeUndefined();
  });

  it('is inconclusive where counters were lost for too long, and says why', () => {
    const { atDeadline } = play(
      errorRate,
      (reading) => served(200 * reading),
      undefined,
      (reading) => reading <= 5,
    );
    expect(atDeadline).toEqual({
      kind: 'inconclusive',
      reasons: [
        expect.stringMatching(/^error-rate had data for 50 % of the hold, fewer than 80 %: /),
      ],
    });
  });

  it('is inconclusive where the new release falls silent, however much was seen before', () => {
    const { atDeadline } = play(errorRate, (reading) => served(200 * Math.min(reading, 6)));
    expect(atDeadline.reasons[0]).toContain('had data for 60 % of the hold');
  });

  it('takes few requests that come now and then as data, if they are enough to tell', () => {
    const { atDeadline } = play(
      errorRate,
      (reading) => served(500 * Math.floor(reading / 2)),
      (reading) => served(2_000 * reading),
    );
    expect(atDeadline.kind).toBe('pass');
  });

  it('knows no latencies beyond the buckets of its source', () => {
    const { atDeadline } = play({ ...p99, max: 5_000 }, (reading) => served(200 * reading));
    expect(atDeadline.kind).toBe('inconclusive');
  });

  it('holds what replaces stable in place against the bound alone', () => {
    const judge = sequentialJudge(errorRate, usual, {
      ...{ track: 'stable', intervalMs: 2_000, holdMs: 2_000, tests: 1 },
    });
    const at = (takenAtMs: number, stable: TrackCounters) =>
      sampleOf({ traffic: snapshot(undefined, { takenAtMs, stable }) });
    const read = (errors: number) =>
      judge.atDeadline(
        judge.record(noProgress, at(0, served(0)), at(2_000, served(1_000, errors))),
      );
    expect(read(60).kind).toBe('fail');
    expect(read(5).kind).toBe('pass');
  });

  const early = { endEarly: { afterMs: 10 * second, beta: 0.01 } };

  it('ends early for a clearly good release where the spec allows it, and not before its time', () => {
    const { soFar } = play(
      errorRate,
      (reading) => served(200 * reading),
      undefined,
      undefined,
      early,
    );
    expect(soFar).toEqual({
      kind: 'pass',
      reasons: [
        'error-rate: canary 0 % of 2,000 requests failed, stable 0 % of 8,000; a release 5 times as bad would not produce this many good requests',
      ],
    });
    const late = { endEarly: { afterMs: 30 * second, beta: 0.01 } };
    const canary = (reading: number) => served(200 * reading);
    expect(play(errorRate, canary, undefined, undefined, late).soFar).toBeUndefined();
    expect(play(errorRate, canary).soFar).toBeUndefined();
  });

  it('does not end early on few requests, nor for one that is near to bad', () => {
    const few = play(errorRate, (reading) => served(2 * reading), undefined, undefined, early);
    expect(few.soFar).toBeUndefined();
    const bad = (reading: number) => served(200 * reading, 8 * reading);
    const stable = (reading: number) => served(800 * reading, 32 * reading);
    expect(play(errorRate, bad, stable, undefined, early).soFar).toBeUndefined();
  });

  it('lets a release pass that is to mend a bad stable, and no other that is as bad', () => {
    const bad = (reading: number) => served(200 * reading, 20 * reading);
    const stable = (reading: number) => served(800 * reading, 80 * reading);
    expect(play(errorRate, bad, stable).atDeadline.kind).toBe('inconclusive');
    const cured = play(errorRate, bad, stable, undefined, { cure: true }).atDeadline;
    expect(cured.kind).toBe('pass');
    expect(cured.reasons[0]).toContain(
      'stable is failing too; the canary is accepted as the fix (cure: true)',
    );
    const good = (reading: number) => served(800 * reading);
    expect(play(errorRate, bad, good, undefined, { cure: true }).soFar?.kind).toBe('fail');
  });

  it('accepts no release as the fix that has had too few requests to show it', () => {
    const few = (reading: number) => served(reading, reading > 8 ? 1 : 0);
    const stable = (reading: number) => served(800 * reading, 80 * reading);
    const { atDeadline } = play(errorRate, few, stable, undefined, { cure: true });
    expect(atDeadline.kind).toBe('inconclusive');
    expect(atDeadline.reasons[0]).toContain('not enough traffic to decide');
  });

  it('lets evidence of earlier holds decide, and says so', () => {
    const bad = (reading: number) => served(200 * reading, reading < 2 ? reading : 2);
    const { soFar, progress } = play(errorRate, bad);
    expect(soFar).toBeUndefined();
    const judge = sequentialJudge(errorRate, usual, {
      ...{ track: 'canary', intervalMs: 2 * second, holdMs: 20 * second, tests: 1 },
      earlier: progress.evidence ?? {},
    });
    const at = (reading: number) =>
      sampleOf({
        traffic: snapshot(bad(reading), {
          takenAtMs: reading * 2 * second,
          stable: served(800 * reading),
        }),
      });
    const again = judge.record(judge.record(noProgress, at(0), at(1)), at(1), at(2));
    expect(judge.soFar(again)?.reasons[0]).toContain(
      'a rollout of a good release would show this and what earlier holds have shown by chance once in',
    );
  });

  it('says that the objective was missed lately where the whole hold met it', () => {
    const lately = (requests: number, reading: number) =>
      served(requests, Math.round(0.04 * (requests / reading) * Math.max(0, reading - 8)));
    const { atDeadline } = play(
      errorRate,
      (reading) => lately(400 * reading, reading),
      (reading) => lately(1_600 * reading, reading),
    );
    expect(atDeadline).toEqual({
      kind: 'inconclusive',
      reasons: [
        'error-rate: canary 0.8 % of 4,000 requests failed, stable 0.8 % of 16,000; lately the canary and stable failed more than 1 %, and the canary is not shown to be worse than stable',
      ],
    });
  });

  it('passes into no incident that has only just begun, although the hold met the objective until then', () => {
    const readings = 300;
    const judge = sequentialJudge(errorRate, usual, {
      ...{ track: 'canary', intervalMs: 2 * second, holdMs: 2 * readings * second, tests: 3 },
    });
    const failed = (each: number, reading: number) =>
      Math.round(0.001 * each * reading + 0.09 * each * Math.max(0, reading - 295));
    let progress: HoldProgress = noProgress;
    const at = (reading: number) =>
      sampleOf({
        traffic: snapshot(served(80 * reading, failed(80, reading)), {
          takenAtMs: reading * 2 * second,
          stable: served(320 * reading, failed(320, reading)),
        }),
      });
    for (let reading = 1; reading <= readings; reading++) {
      progress = judge.record(progress, at(reading - 1), at(reading));
    }
    expect(judge.soFar(progress)).toBeUndefined();
    expect(judge.atDeadline(progress)).toMatchObject({
      kind: 'inconclusive',
      reasons: [expect.stringContaining('lately the canary and stable failed more than 1 %')],
    });
  });

  it('never passes without data for four fifths of the hold, whatever is missing and whatever was shown before', () => {
    const readings = 10;
    const { progress: earlier } = play(errorRate, (reading) => served(2_000 * reading));
    const passed = new Set<boolean>();
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed);
      const missing = random();
      let [before, total, covered] = [0, 0, 0];
      const judge = sequentialJudge(
        errorRate,
        { ...usual, ...(seed % 2 && early) },
        {
          ...{ track: 'canary', intervalMs: 2 * second, holdMs: 2 * readings * second, tests: 1 },
          ...(seed % 3 && earlier.evidence && { earlier: earlier.evidence }),
        },
      );
      let progress: HoldProgress = noProgress;
      let then = sampleOf({
        traffic: snapshot(served(0), { takenAtMs: 0, stable: served(0) }),
      });
      for (let reading = 1; reading <= readings; reading++) {
        const isSilent = random() < missing;
        if (!isSilent) {
          total += 400;
          covered += reading - before;
          before = reading;
        }
        const now = sampleOf({
          traffic: snapshot(served(total), {
            takenAtMs: reading * 2 * second,
            stable: served(1_600 * reading),
          }),
        });
        progress = judge.record(progress, then, now);
        then = now;
        const isEnough = covered >= 0.8 * readings;
        if (judge.soFar(progress)?.kind === 'pass')
          expect(covered * 2 * second).toBeGreaterThanOrEqual(early.endEarly.afterMs);
        if (reading < readings) continue;
        const isPass = judge.atDeadline(progress).kind === 'pass';
        if (isPass) expect(isEnough).toBe(true);
        passed.add(isPass);
      }
    }
    expect(passed).toEqual(new Set([true, false]));
  });
});
