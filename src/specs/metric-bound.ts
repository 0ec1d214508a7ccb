import { parseDuration } from './duration.ts';
import { showGiven } from './given.ts';
import type { MetricKind } from './metrics.ts';
import { parsePercentage } from './percentage.ts';
import { refuseDuration } from './written.ts';

type MetricBound = { ok: true; value: number } | { ok: false; problem: string };

/** Rates are bounded by percentages, latencies by durations. */
export function parseMetricBound(measure: MetricKind, written: string): MetricBound {
  const latency = measure.kind === 'latency';
  const value = latency ? parseDuration(written) : parsePercentage(written);
  if (value !== undefined) return { ok: true, value };
  return {
    ok: false,
    problem: latency ? refuseDuration({ input: written }) : refusePercentage(written),
  };
}

function refusePercentage(written: string): string {
  const complaint =
    parseDuration(written) !== undefined && written !== '0'
      ? 'is a duration where a percentage belongs'
      : 'is not a percentage';
  return `${showGiven(written)} ${complaint}; write a number from 0 to 100 and its sign, such as 1%`;
}
