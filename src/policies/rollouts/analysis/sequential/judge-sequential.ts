import type { Counts, TrackCounts } from '../../../../contracts/kernel/counted-evidence.ts';
import type { HoldProgress, WatchHoldInput } from '../../../../contracts/rollouts/hold.ts';
import type { Track, TrafficSnapshot } from '../../../../contracts/rollouts/traffic.ts';
import type { Measurement, Verdict } from '../../../../contracts/rollouts/verdict.ts';
import type { SequentialJudge } from '../../../../specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../../specs/rollouts/metrics.ts';
import { countersAt } from '../continue-sample.ts';
import { measureMetric } from '../measure-metric.ts';
import type { MetricJudge } from '../metric-judge.ts';
import { addMeasurement, lastReason } from '../progress.ts';
import { trafficBetween } from '../traffic-difference.ts';
import { badRequests, allowedShareOf } from './bad-requests.ts';
import { noCounts } from '../../../kernel/sequential/counts.ts';
import { describeDecision } from './describe-decision.ts';
import { continueInHold, looksOfAnOpenHold } from '../../../kernel/sequential/start-times.ts';
import {
  decideAtEnd,
  decideGood,
  decideNow,
  evidenceAtStart,
  recordCounts,
  type Decision,
  type SequentialTest,
} from '../../../kernel/sequential/weigh-evidence.ts';

type Subject = Pick<WatchHoldInput, 'track' | 'intervalMs' | 'holdMs' | 'tests' | 'earlier'>;

/** Of a hold's time so much must have been seen with data for it to pass. */
const leastCovered = 0.8;

/** Holds the canary's bad requests against stable's; what is judged in stable's own place, against the allowed share. */
export function sequentialJudge(
  metric: MetricSpec,
  judge: SequentialJudge,
  subject: Subject,
): MetricJudge {
  const { name } = metric;
  const { endEarly, ...asked } = judge;
  const test: SequentialTest = {
    ...asked,
    alpha: judge.alpha / subject.tests,
    objective: allowedShareOf(metric),
    looks: looksOf(subject),
    ...(endEarly && { beta: endEarly.beta / subject.tests }),
  };
  const atStart = continueInHold(
    evidenceAtStart(test),
    subject.earlier?.[name],
    -Math.log(test.alpha),
  );
  const evidenceOf = (progress: HoldProgress) => progress.evidence?.[name] ?? atStart;
  const coveredMs = (progress: HoldProgress) =>
    (progress.coveredIntervals[name] ?? 0) * subject.intervalMs;
  const describe = (progress: HoldProgress, decision: Decision) =>
    describeDecision(metric, evidenceOf(progress), decision, {
      track: subject.track,
      effect: judge.effect,
      tests: subject.tests,
      hasEarlier: subject.earlier?.[name] !== undefined,
    });
  const verdict = (kind: Verdict['kind'], reason: string): Verdict => ({ kind, reasons: [reason] });

  return {
    record(progress, before, after) {
      const [then, now] = [countersAt(before, metric), countersAt(after, metric)];
      const measurement = measureMetric(
        metric,
        { track: subject.track, minRequests: 1 },
        before,
        after,
      );
      if (measurement === undefined) return progress;
      if (then === undefined || now === undefined) return addMeasurement(progress, measurement);
      const counted = countBoth(metric, subject.track, then, now);
      const measured = addMeasurement(progress, asData(measurement, counted));
      if (!counted.known) return measured;
      const intervals = (now.takenAtMs - then.takenAtMs) / subject.intervalMs;
      return weigh(measured, counted, intervals);
    },

    soFar(progress) {
      const worse = decideNow(evidenceOf(progress), test);
      if (worse !== undefined) return verdict('fail', describe(progress, worse));
      if (endEarly === undefined || coveredMs(progress) < endEarly.afterMs) return undefined;
      const good = decideGood(evidenceOf(progress), test);
      return good && verdict('pass', describe(progress, good));
    },

    atDeadline(progress) {
      const decision = decideAtEnd(evidenceOf(progress), test);
      const reason = describe(progress, decision);
      if (evidenceOf(progress).counts.canary.total === 0) {
        const why =
          lastReason(progress, name, 'inconclusive') ||
          `: the ${subject.track} received no requests`;
        return verdict('inconclusive', `${name} had no data${why}`);
      }
      if (decision.kind === 'worse') return verdict('fail', reason);
      if (decision.kind !== 'good' && decision.kind !== 'mends-stable') {
        return verdict('inconclusive', reason);
      }
      const covered = coveredMs(progress);
      if (covered < leastCovered * subject.holdMs) {
        return verdict('inconclusive', describeGap(metric, progress, covered, subject));
      }
      return verdict('pass', reason);
    },
  };

  function weigh(progress: HoldProgress, counted: CountedTracks, intervals: number): HoldProgress {
    const evidence = evidenceOf(progress);
    const sinceLast = evidence.sinceLastRequest + intervals;
    const isSilent = counted.counts.canary.total === 0;
    const weighed = isSilent
      ? evidence
      : recordCounts(evidence, counted.counts, test, counted.stableBlocks);
    const covered = (progress.coveredIntervals[name] ?? 0) + (isSilent ? 0 : sinceLast);
    return {
      ...progress,
      evidence: {
        ...progress.evidence,
        [name]: { ...weighed, sinceLastRequest: isSilent ? sinceLast : 0 },
      },
      coveredIntervals: { ...progress.coveredIntervals, [name]: covered },
    };
  }
}

/** As many as the hold is planned to have, however often its clock is stopped. */
function looksOf({ holdMs, intervalMs }: Subject): number {
  return holdMs === 0 ? looksOfAnOpenHold : Math.max(1, Math.round(holdMs / intervalMs));
}

interface CountedTracks {
  known: true;
  counts: TrackCounts;
  stableBlocks: Counts[];
}

interface Unknown {
  known: false;
  reason: string;
}

function countBoth(
  metric: MetricSpec,
  track: Track,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): CountedTracks | Unknown {
  const judged = countTrack(metric, track, before, after);
  if (!judged.known) return judged;
  if (track === 'stable') {
    const counts = { canary: judged.counts, stable: noCounts.stable };
    return { known: true, counts, stableBlocks: [] };
  }
  const stable = countTrack(metric, 'stable', before, after);
  if (!stable.known) return stable;
  const counts = { canary: judged.counts, stable: stable.counts };
  return { known: true, counts, stableBlocks: stable.blocks };
}

function countTrack(
  metric: MetricSpec,
  track: Track,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): { known: true; counts: Counts; blocks: Counts[] } | Unknown {
  const difference = trafficBetween(track, before, after);
  if (!difference.known) return difference;
  const all = badRequests(metric, difference.counters);
  if (!all.known) return all;
  const blocks = difference.blocks.flatMap((block) => {
    const counted = badRequests(metric, block);
    return counted.known ? [counted.counts] : [];
  });
  return { known: true, counts: all.counts, blocks };
}

/** An interval decides nothing by itself: it has data or it has none. */
function asData(measurement: Measurement, counted: CountedTracks | Unknown): Measurement {
  const { value: _, ...silent } = measurement;
  if (!counted.known) return { ...silent, result: 'inconclusive', reason: counted.reason };
  if (measurement.result === 'inconclusive') return measurement;
  const { reason: _reason, ...known } = measurement;
  return { ...known, result: 'pass' };
}

function describeGap(
  { name }: MetricSpec,
  progress: HoldProgress,
  coveredMs: number,
  { holdMs }: Subject,
): string {
  const share = Math.round((100 * coveredMs) / holdMs);
  const detail = lastReason(progress, name, 'inconclusive');
  return `${name} had data for ${share} % of the hold, fewer than ${100 * leastCovered} %${detail}`;
}
