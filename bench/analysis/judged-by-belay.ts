import type { HoldProgress, WatchHoldInput } from '../../src/contracts/rollouts/hold.ts';
import type { Sample } from '../../src/contracts/rollouts/sample.ts';
import type { Track, TrackCounters, TrafficSource } from '../../src/contracts/rollouts/traffic.ts';
import { addCounters, noTraffic } from '../../src/policies/rollouts/analysis/add-counters.ts';
import { judgeOf } from '../../src/policies/rollouts/analysis/judge.ts';
import { noProgress } from '../../src/policies/rollouts/analysis/progress.ts';
import type { CanarySpec } from '../../src/specs/rollouts/canary.ts';
import type { MetricSpec } from '../../src/specs/rollouts/metrics.ts';
import { formatProblems } from '../../src/specs/kernel/problems.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import type { HoldRule, JudgedHold } from './rules.ts';
import type { PlayedSecond } from './scenario.ts';

/** A hold as Belay's own judge sees it, with counters in the form of a metric source. */
export function judgedByBelay(
  { metric, seconds: holdS, holds, earlier }: JudgedHold,
  { intervalMs, ...written }: { intervalMs: number; [key: string]: unknown },
): HoldRule {
  const { analysis } = specOf({ metrics: [metric], analysis: written });
  const watch = watchOf(analysis, { holdS, holds, intervalMs });
  const { name } = metricOf(analysis);
  const judge = judgeOf({ ...watch, ...(earlier && { earlier: { [name]: earlier } }) });
  if (judge === undefined) throw new Error('there is nothing to judge');
  let progress: HoldProgress = noProgress;
  let served: PlayedSecond | undefined;
  let before = sampleAt(0, { canary: [], stable: [] });
  let seconds: PlayedSecond[] = [];
  let nowMs = 0;
  return {
    add(_counts, played) {
      if (served === undefined) {
        served = { canary: played.canary.map(none), stable: played.stable.map(none) };
        before = sampleAt(0, served);
      }
      seconds.push(played);
      nowMs += 1_000;
      if (nowMs % intervalMs !== 0) return undefined;
      served = { canary: more('canary', served, seconds), stable: more('stable', served, seconds) };
      seconds = [];
      const now = sampleAt(nowMs, served);
      progress = judge.record(progress, before, now);
      before = now;
      return judge.soFar(progress)?.kind === 'fail' ? 'reject' : undefined;
    },
    end() {
      const { kind } = judge.atDeadline(progress);
      return kind === 'fail' ? 'reject' : kind;
    },
    evidence: () => progress.evidence?.[name],
  };
}

/** A spec with its defaults. */
function specOf(written: object): CanarySpec {
  const resolution = resolveSpecInput('canary', {
    ...{ kind: 'canary', service: 'shop', environment: 'bench', target: { platform: 'local' } },
    ...{ release: { version: 'v2', command: ['shop'] }, ...written },
  });
  if (resolution.ok) return resolution.spec;
  throw new Error(formatProblems(resolution.problems, { source: 'the spec of this benchmark' }));
}

function metricOf(analysis: CanarySpec['analysis']): MetricSpec {
  const [metric] = analysis.mode === 'none' ? [] : analysis.metrics;
  if (metric === undefined) throw new Error('there is nothing to judge');
  return metric;
}

function watchOf(
  analysis: CanarySpec['analysis'],
  { holdS, holds, intervalMs }: { holdS: number; holds: number; intervalMs: number },
): WatchHoldInput {
  return {
    ref: { service: 'shop', environment: 'bench', target: { platform: 'local' } },
    ...{ rolloutId: 'r1', version: 'v2', track: 'canary', sinceStep: 0, weight: 0, analysis },
    ...{ intervalMs, holdMs: holdS * 1_000, tests: holds, deadlineMs: 0, failuresOnly: false },
  };
}

function none(): TrackCounters {
  return noTraffic;
}

function more(
  track: Track,
  served: PlayedSecond,
  seconds: readonly PlayedSecond[],
): TrackCounters[] {
  return served[track].map((before, pod) =>
    addCounters([before, ...seconds.map((second) => second[track][pod] ?? noTraffic)]),
  );
}

function sampleAt(takenAtMs: number, { canary, stable }: PlayedSecond): Sample {
  const sources = Object.fromEntries([...named('canary', canary), ...named('stable', stable)]);
  return { takenAtMs, traffic: { takenAtMs, sources }, readings: {} };
}

function named(track: Track, pods: readonly TrackCounters[]): [string, TrafficSource][] {
  return pods.map((counters, pod) => [`${track} ${pod}`, { track, counters }]);
}
