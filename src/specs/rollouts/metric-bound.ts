import { parseDuration } from '../kernel/duration.ts';
import { showGiven } from '../kernel/given.ts';
import type { MetricKind } from './metrics.ts';
import { parsePercentage } from '../kernel/percentage.ts';
import { refuseDuration } from '../kernel/written.ts';

type MetricBound = { ok: true; value: number } | { ok: false; problem: string };

/** Rates are bounded by percentages, latencies by durations, values by numbers of any unit. */
export function parseMetricBound(measure: MetricKind, written: string | number): MetricBound {
  const value = valueOf(measure, written);
  return value === undefined
    ? { ok: false, problem: refuseBound(measure, written) }
    : { ok: true, value };
}

function valueOf({ kind }: MetricKind, written: string | number): number | undefined {
  if (typeof written === 'number') return kind === 'value' ? written : undefined;
  switch (kind) {
    case 'latency':
      return parseDuration(written);
    case 'value':
      return parsePercentage(written) ?? parseDuration(written);
    case 'error-rate':
    case 'success-rate':
    case 'bad-share':
      return parsePercentage(written);
  }
}

function refuseBound({ kind }: MetricKind, written: string | number): string {
  if (kind === 'latency') return refuseDuration({ input: written });
  if (kind === 'value') {
    return `${showGiven(written)} is not a number; write a number, a percentage (read as a fraction) or a duration (read as milliseconds)`;
  }
  return refusePercentage(written);
}

function refusePercentage(written: string | number): string {
  return `${showGiven(written)} ${whyNoPercentage(written)}; write a number from 0 to 100 and its sign, such as 1%`;
}

function whyNoPercentage(written: string | number): string {
  if (typeof written === 'number') return 'has no sign';
  return parseDuration(written) !== undefined && written !== '0'
    ? 'is a duration where a percentage belongs'
    : 'is not a percentage';
}
