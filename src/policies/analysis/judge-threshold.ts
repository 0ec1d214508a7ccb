import type { HoldProgress, HoldWatch } from '../../contracts/hold.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import type { ThresholdAnalysis } from '../../specs/metrics.ts';
import type { Judge } from './judge.ts';
import { measureInterval, type IntervalReading } from './measure-interval.ts';
import { keepNewest, tally } from './progress.ts';

/** Holds every interval against the metrics' bounds, and counts those that fail. */
export function thresholdJudge(
  analysis: ThresholdAnalysis,
  { track, intervalMs }: Pick<HoldWatch, 'track' | 'intervalMs'>,
): Judge {
  const { metrics, minRequests } = analysis;
  return {
    record(progress, before, after) {
      const reading = measureInterval(track, metrics, minRequests, before, after);
      const intervals = (after.takenAtMs - before.takenAtMs) / intervalMs;
      return recordMeasurements(progress, reading, { intervals, minRequests });
    },
    soFar: (progress) => judgeSoFar(progress, analysis),
    atDeadline: (progress) => judgeAtDeadline(progress, analysis),
  };
}

/** What a reading spans. */
export interface ReadingSpan {
  /**
   * In measuring intervals, parts of them included: many after a gap in the watching, since
   * counters also tell what happened meanwhile.
   */
  intervals: number;
  /** Fewer requests than this in an interval are no data. */
  minRequests: number;
}

/** Adds a reading. It covers no more intervals than its requests would have filled. */
export function recordMeasurements(
  progress: HoldProgress,
  { measurements, requests, errors }: IntervalReading,
  { intervals, minRequests }: ReadingSpan,
): HoldProgress {
  const tallies = { ...progress.tallies };
  const coveredIntervals = { ...progress.coveredIntervals };
  const covered = Math.min(Math.max(0, intervals), Math.floor(requests / minRequests));
  for (const { metric, result } of measurements) {
    tallies[metric] = tally(tallies[metric], result);
    if (result !== 'inconclusive') {
      coveredIntervals[metric] = (coveredIntervals[metric] ?? 0) + covered;
    }
  }
  return {
    ...progress,
    tallies,
    coveredIntervals,
    canaryRequests: progress.canaryRequests + requests,
    canaryErrors: progress.canaryErrors + errors,
    measurements: keepNewest([...progress.measurements, ...measurements]),
  };
}

/** A verdict that need not wait for the hold's end, or undefined. */
export function judgeSoFar(
  progress: HoldProgress,
  analysis: ThresholdAnalysis,
): Verdict | undefined {
  const broken = analysis.metrics.filter(
    ({ name }) => (progress.tallies[name]?.failed ?? 0) > analysis.failureLimit,
  );
  if (broken.length > 0) {
    return { kind: 'fail', reasons: broken.map(({ name }) => describeFailure(name, progress)) };
  }
  return undefined;
}

/** The verdict at the end of a hold that has not failed: a pass only where enough of it was seen with data. */
export function judgeAtDeadline(progress: HoldProgress, analysis: ThresholdAnalysis): Verdict {
  const thin = analysis.metrics.filter(
    ({ name }) => Math.round(progress.coveredIntervals[name] ?? 0) < analysis.count,
  );
  if (thin.length > 0) {
    return {
      kind: 'inconclusive',
      reasons: thin.map(({ name }) => describeThinEvidence(name, progress, analysis.count)),
    };
  }
  return {
    kind: 'pass',
    reasons: analysis.metrics.map(({ name }) => describePass(name, progress)),
  };
}

function describeFailure(name: string, progress: HoldProgress): string {
  const last = progress.measurements.findLast((m) => m.metric === name && m.result === 'fail');
  const { failed = 0 } = progress.tallies[name] ?? {};
  const detail = last?.reason === undefined ? '' : `; last: ${last.reason}`;
  return `${name} failed ${failed} measurements${detail}`;
}

function describeThinEvidence(name: string, progress: HoldProgress, count: number): string {
  const covered = Number((progress.coveredIntervals[name] ?? 0).toFixed(1));
  const silent = progress.measurements.findLast(
    (m) => m.metric === name && m.result === 'inconclusive',
  );
  const detail = silent?.reason === undefined ? '' : `: ${silent.reason}`;
  return `${name} had data for ${covered} of the ${count} intervals it needs${detail}`;
}

function describePass(name: string, progress: HoldProgress): string {
  const { passed = 0, failed = 0 } = progress.tallies[name] ?? {};
  return `${name} passed ${passed} of ${passed + failed} measurements`;
}
