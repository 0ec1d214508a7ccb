import type { HoldProgress, MetricTally, SourceErrors } from '../../../contracts/rollouts/hold.ts';
import type { Sample } from '../../../contracts/rollouts/sample.ts';
import type { Measurement } from '../../../contracts/rollouts/verdict.ts';
import { keepCourse } from './keep-course.ts';

export const noProgress: HoldProgress = {
  measurements: [],
  tallies: {},
  coveredIntervals: {},
  consecutiveErrors: 0,
  canaryRequests: 0,
  canaryErrors: 0,
};

/** The tallies count all measurements; those that are kept show their course. */
export function addMeasurement(progress: HoldProgress, measurement: Measurement): HoldProgress {
  const { metric, result } = measurement;
  const reason = measurement.reason && boundedText(measurement.reason);
  const added = reason === undefined ? measurement : { ...measurement, reason };
  const { [metric]: before = noTally } = progress.tallies;
  const taken = before.passed + before.failed + before.noData;
  const { [metric]: reasons } = progress.lastReasons ?? {};
  return {
    ...progress,
    measurements: keepCourse(progress.measurements, added, taken, progress.keptOfMetric),
    tallies: { ...progress.tallies, [metric]: tally(before, result) },
    ...(reason !== undefined && {
      lastReasons: { ...progress.lastReasons, [metric]: { ...reasons, [result]: reason } },
    }),
  };
}

/** What the last measurement with this result said, to be added to a reason. */
export function lastReason(
  { lastReasons = {} }: HoldProgress,
  metric: string,
  result: Measurement['result'],
): string {
  const reason = lastReasons[metric]?.[result];
  return reason === undefined ? '' : `: ${reason}`;
}

/** Errors of a source count only in a row: an answer resets them. */
export function countSourceErrors(
  progress: HoldProgress,
  { sample, trafficError, errors }: SourceAnswers,
): HoldProgress {
  const { sourceErrors = {}, lastError: _, ...rest } = progress;
  const kept = Object.entries(sourceErrors).filter(([name]) => sample.readings[name] === undefined);
  const added = Object.entries(errors).map(([name, last]): [string, SourceErrors] => [
    name,
    { inARow: (sourceErrors[name]?.inARow ?? 0) + 1, last: boundedText(last) },
  ]);
  return {
    ...rest,
    consecutiveErrors: trafficError === undefined ? 0 : progress.consecutiveErrors + 1,
    ...(trafficError !== undefined && { lastError: boundedText(trafficError) }),
    sourceErrors: Object.fromEntries([...kept, ...added]),
  };
}

interface SourceAnswers {
  sample: Sample;
  trafficError: string | undefined;
  /** By metric. */
  errors: Record<string, string>;
}

const longestText = 300;

function boundedText(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}

const noTally: MetricTally = { passed: 0, failed: 0, noData: 0 };

function tally(next: MetricTally, result: Measurement['result']): MetricTally {
  switch (result) {
    case 'pass':
      return { ...next, passed: next.passed + 1 };
    case 'fail':
      return { ...next, failed: next.failed + 1 };
    case 'inconclusive':
      return { ...next, noData: next.noData + 1 };
  }
}
