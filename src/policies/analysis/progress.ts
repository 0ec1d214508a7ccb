import type { HoldProgress, MetricTally, SourceErrors } from '../../contracts/hold.ts';
import type { Look } from '../../contracts/look.ts';
import type { Measurement } from '../../contracts/verdict.ts';

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

/** The tallies count all measurements; only the newest are kept. */
export function addMeasurement(progress: HoldProgress, measurement: Measurement): HoldProgress {
  const { metric, result } = measurement;
  return {
    ...progress,
    measurements: [...progress.measurements, measurement].slice(-keptMeasurements),
    tallies: { ...progress.tallies, [metric]: tally(progress.tallies[metric], result) },
  };
}

/** A source that answers again is forgiven what it kept to itself. */
export function countSourceErrors(
  progress: HoldProgress,
  { look, trafficError, errors }: SourceAnswers,
): HoldProgress {
  const { sourceErrors = {}, lastError: _, ...rest } = progress;
  const kept = Object.entries(sourceErrors).filter(([name]) => look.readings[name] === undefined);
  const added = Object.entries(errors).map(([name, last]): [string, SourceErrors] => [
    name,
    { inARow: (sourceErrors[name]?.inARow ?? 0) + 1, last },
  ]);
  return {
    ...rest,
    consecutiveErrors: trafficError === undefined ? 0 : progress.consecutiveErrors + 1,
    ...(trafficError !== undefined && { lastError: trafficError }),
    sourceErrors: Object.fromEntries([...kept, ...added]),
  };
}

interface SourceAnswers {
  look: Look;
  trafficError: string | undefined;
  /** By metric. */
  errors: Record<string, string>;
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
