import type { HoldProgress, HoldWatch } from '../../src/contracts/hold.ts';
import type { Track, TrackCounters, TrafficSnapshot } from '../../src/contracts/traffic.ts';
import type { TrackCounts } from '../../src/contracts/evidence.ts';
import { judgeOf } from '../../src/policies/analysis/judge.ts';
import { noTraffic } from '../../src/policies/analysis/add-counters.ts';
import { noProgress } from '../../src/policies/analysis/progress.ts';
import type { AnalysisSpec } from '../../src/specs/metrics.ts';
import { mannWhitneyGreater } from './mann-whitney.ts';

export type Ruling = 'reject' | 'pass' | 'inconclusive' | undefined;

/** Somebody's way to judge one hold, told second by second. */
export interface HoldRule {
  add(second: TrackCounts): Ruling;
  /** At the hold's end. */
  end(): Ruling;
}

export interface Rule {
  name: string;
  /** Of a rollout with so many holds. */
  hold: (holdS: number, holds: number) => HoldRule;
}

type MeasuredSpec = Exclude<AnalysisSpec, { mode: 'none' }>;

const metrics = [{ name: 'error-rate', measure: { kind: 'error-rate' as const }, max: 0.01 }];
const measured = { metrics, consecutiveErrorLimit: 4 };
const minuteMs = 60_000;

const threshold = (failureLimit: number): MeasuredSpec => ({
  ...{ mode: 'threshold', ...measured, intervalMs: minuteMs },
  ...{ count: 5, failureLimit, minRequests: 1 },
});

const sequential = (bursts: boolean): MeasuredSpec => ({
  ...{ mode: 'sequential', ...measured, intervalMs: 2_000 },
  ...{ alpha: 0.01, tolerance: 1, effect: 5, power: 0.8, bursts },
});

export const fixedThreshold = belay('any minute over 1 %', threshold(0));
export const intervalRule = belay('more than 2 of the minutes over 1 %', threshold(2));
export const sequentialRule = belay('sequential', sequential(false));
export const sequentialForBursts = belay('sequential, bursts', sequential(true));

/** Series of ten-second error rates, a minute's against a minute's, one-sided at 1 %. */
export const mannWhitneyRule: Rule = {
  name: 'Mann-Whitney, each minute',
  hold: () => {
    const seconds: TrackCounts[] = [];
    return {
      add(second) {
        seconds.push(second);
        if (seconds.length % 60 !== 0) return undefined;
        const minute = seconds.slice(-60);
        const rates = (track: 'canary' | 'stable') =>
          Array.from({ length: 6 }, (_, nth) =>
            rateOf(minute.slice(nth * 10, nth * 10 + 10), track),
          );
        return mannWhitneyGreater(rates('canary'), rates('stable')) < 0.01 ? 'reject' : undefined;
      },
      end: () => 'pass',
    };
  },
};

/** Belay's own judges, fed with counters as a source of metrics has them. */
function belay(name: string, analysis: MeasuredSpec): Rule {
  return {
    name,
    hold: (holdS, holds) => {
      const { intervalMs } = analysis;
      const judge = judgeOf(watchOf(analysis, { holdS, holds, intervalMs }));
      if (judge === undefined) throw new Error('there is nothing to judge');
      let progress: HoldProgress = noProgress;
      let served = { canary: noTraffic, stable: noTraffic };
      let before = snapshotAt(0, served);
      let nowMs = 0;
      return {
        add({ canary, stable }) {
          nowMs += 1_000;
          served = { canary: more(served.canary, canary), stable: more(served.stable, stable) };
          if (nowMs % intervalMs !== 0) return undefined;
          const now = snapshotAt(nowMs, served);
          progress = judge.record(progress, before, now);
          before = now;
          return judge.soFar(progress)?.kind === 'fail' ? 'reject' : undefined;
        },
        end() {
          const { kind } = judge.atDeadline(progress);
          return kind === 'fail' ? 'reject' : kind;
        },
      };
    },
  };
}

function watchOf(
  analysis: MeasuredSpec,
  { holdS, holds, intervalMs }: { holdS: number; holds: number; intervalMs: number },
): HoldWatch {
  return {
    ref: { service: 'shop', environment: 'bench', target: { platform: 'local' } },
    ...{ rolloutId: 'r1', version: 'v2', track: 'canary', sinceStep: 0, weight: 0, analysis },
    ...{ intervalMs, holdMs: holdS * 1_000, tests: holds, deadlineMs: 0, failuresOnly: false },
  };
}

function more(
  { requests, errors, latency }: TrackCounters,
  { total, bad }: TrackCounts['canary'],
): TrackCounters {
  return { requests: requests + total, errors: errors + bad, latency };
}

function snapshotAt(
  takenAtMs: number,
  { canary, stable }: Record<Track, TrackCounters>,
): TrafficSnapshot {
  return {
    takenAtMs,
    sources: {
      canary: { track: 'canary', counters: canary },
      stable: { track: 'stable', counters: stable },
    },
  };
}

function rateOf(seconds: TrackCounts[], track: 'canary' | 'stable'): number {
  const total = seconds.reduce((sum, second) => sum + second[track].total, 0);
  const bad = seconds.reduce((sum, second) => sum + second[track].bad, 0);
  return total > 0 ? bad / total : 0;
}
