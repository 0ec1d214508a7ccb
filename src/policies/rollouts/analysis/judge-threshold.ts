import type { HoldProgress, WatchHoldInput } from '../../../contracts/rollouts/hold.ts';
import type { Measurement, Verdict } from '../../../contracts/rollouts/verdict.ts';
import type { ThresholdJudge } from '../../../specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import type { MetricJudge } from './metric-judge.ts';
import { measureMetric } from './measure-metric.ts';
import { addMeasurement, lastReason } from './progress.ts';

/** Holds every interval against the metric's bounds, and counts those that fail. */
export function thresholdJudge(
  metric: MetricSpec,
  judge: ThresholdJudge,
  { track, intervalMs }: Pick<WatchHoldInput, 'track' | 'intervalMs'>,
): MetricJudge {
  const { minRequests, initialDelayMs = 0 } = judge;
  return {
    record(progress, before, after) {
      if ((progress.seenMs ?? 0) < initialDelayMs) return progress;
      const measurement = measureMetric(metric, { track, minRequests }, before, after);
      if (measurement === undefined) return progress;
      const intervals = (after.takenAtMs - before.takenAtMs) / intervalMs;
      const most = metric.measure.kind === 'value' ? Infinity : measurement.requests / minRequests;
      return recordMeasurement(progress, measurement, Math.min(intervals, Math.floor(most)));
    },
    soFar: (progress) => judgeSoFar(progress, metric, judge),
    atDeadline: (progress) => judgeAtDeadline(progress, metric, judge),
  };
}

/**
 * Adds a measurement. After a gap in the watching it covers many intervals, since counters also
 * tell what happened meanwhile; parts of them are parts.
 */
export function recordMeasurement(
  progress: HoldProgress,
  measurement: Measurement,
  intervals: number,
): HoldProgress {
  const { metric, result } = measurement;
  const covered = result === 'inconclusive' ? 0 : Math.max(0, intervals);
  const { [metric]: streak = 0 } = progress.streaks ?? {};
  return {
    ...addMeasurement(progress, measurement),
    coveredIntervals: {
      ...progress.coveredIntervals,
      [metric]: (progress.coveredIntervals[metric] ?? 0) + covered,
    },
    streaks: { ...progress.streaks, [metric]: result === 'pass' ? streak + 1 : 0 },
  };
}

/** A verdict that need not wait for the hold's end, or undefined. */
export function judgeSoFar(
  progress: HoldProgress,
  { name }: MetricSpec,
  {
    failureLimit,
    inconclusiveLimit = Infinity,
    consecutiveSuccessLimit = Infinity,
  }: ThresholdJudge,
): Verdict | undefined {
  const { failed = 0, noData = 0 } = progress.tallies[name] ?? {};
  if (failed > failureLimit) {
    return { kind: 'fail', reasons: [describeFailure(name, progress)] };
  }
  if (noData > inconclusiveLimit) {
    const reason = `${name} had no data ${noData} times${lastReason(progress, name, 'inconclusive')}`;
    return { kind: 'inconclusive', reasons: [reason] };
  }
  const { [name]: streak = 0 } = progress.streaks ?? {};
  if (streak < consecutiveSuccessLimit) return undefined;
  return { kind: 'pass', reasons: [`${name} passed ${streak} measurements in a row`] };
}

/** The verdict at the end of a hold that has not failed: a pass only where enough of it was seen with data. */
export function judgeAtDeadline(
  progress: HoldProgress,
  { name }: MetricSpec,
  { count, consecutiveSuccessLimit }: ThresholdJudge,
): Verdict {
  if (Math.round(progress.coveredIntervals[name] ?? 0) < count) {
    return { kind: 'inconclusive', reasons: [describeThinEvidence(name, progress, count)] };
  }
  if (consecutiveSuccessLimit !== undefined) {
    const { [name]: streak = 0 } = progress.streaks ?? {};
    const reason = `${name} passed its last ${streak} measurements, and ${consecutiveSuccessLimit} in a row are asked for`;
    return { kind: 'inconclusive', reasons: [reason] };
  }
  return { kind: 'pass', reasons: [describePass(name, progress)] };
}

function describeFailure(name: string, progress: HoldProgress): string {
  const { failed = 0 } = progress.tallies[name] ?? {};
  const last = lastReason(progress, name, 'fail').replace(/^: /, '; last: ');
  return `${name} failed ${failed} measurements${last}`;
}

function describeThinEvidence(name: string, progress: HoldProgress, count: number): string {
  const covered = Number((progress.coveredIntervals[name] ?? 0).toFixed(1));
  const detail = lastReason(progress, name, 'inconclusive');
  return `${name} had data for ${covered} of the ${count} intervals it needs${detail}`;
}

function describePass(name: string, progress: HoldProgress): string {
  const { passed = 0, failed = 0 } = progress.tallies[name] ?? {};
  return `${name} passed ${passed} of ${passed + failed} measurements`;
}
