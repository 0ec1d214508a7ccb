import type { HoldProgress, MetricTally } from '../../contracts/hold.ts';
import type { Measurement, Verdict } from '../../contracts/verdict.ts';
import type { IntervalReading } from './measure-interval.ts';
import type { AnalysisSpec } from '../../specs/metrics.ts';

export type ThresholdAnalysis = Extract<AnalysisSpec, { mode: 'threshold' }>;

/** Enough to see what decided, little enough to ride on every heartbeat. */
const keptMeasurements = 40;

export const noProgress: HoldProgress = {
  measurements: [],
  tallies: {},
  coveredIntervals: {},
  consecutiveErrors: 0,
  canaryRequests: 0,
  canaryErrors: 0,
};

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
    measurements: [...progress.measurements, ...measurements].slice(-keptMeasurements),
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
  if (progress.consecutiveErrors > analysis.consecutiveErrorLimit) {
    const reason = `the metric source did not answer ${progress.consecutiveErrors} times in a row`;
    return { kind: 'inconclusive', reasons: [reason] };
  }
  return undefined;
}

/** The verdict at the hold's end: a pass only where enough of the hold was seen with data. */
export function judgeAtDeadline(progress: HoldProgress, analysis: ThresholdAnalysis): Verdict {
  const decided = judgeSoFar(progress, analysis);
  if (decided !== undefined) return decided;
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

function tally(before: MetricTally | undefined, result: Measurement['result']): MetricTally {
  const next = before ?? { passed: 0, failed: 0, noData: 0 };
  switch (result) {
    case 'pass':
      return { ...next, passed: next.passed + 1 };
    case 'fail':
      return { ...next, failed: next.failed + 1 };
    case 'inconclusive':
      return { ...next, noData: next.noData + 1 };
  }
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
