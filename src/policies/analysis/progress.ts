import type { HoldProgress, MetricTally } from '../../contracts/hold.ts';
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

export function keepNewest(measurements: Measurement[]): Measurement[] {
  return measurements.slice(-keptMeasurements);
}

export function tally(before: MetricTally | undefined, result: Measurement['result']): MetricTally {
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
