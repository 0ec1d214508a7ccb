import type { MetricSpec } from '../../specs/metrics.ts';
import { formatDuration } from '../../specs/duration.ts';

/** A metric's value in the unit its name implies: latencies as `41ms`, rates as `0.17 %`. */
export function formatMeasured(metric: string, value: number): string {
  return isLatency(metric) ? formatDuration(roundTo3(value)) : formatShare(value);
}

/** The bounds of a metric, as in `max 1 %`. */
export function formatBounds({ name, min, max }: MetricSpec): string {
  return [
    ...(min === undefined ? [] : [`min ${formatMeasured(name, min)}`]),
    ...(max === undefined ? [] : [`max ${formatMeasured(name, max)}`]),
  ].join(', ');
}

/** A fraction as a percentage with three significant digits. */
function formatShare(fraction: number): string {
  return `${roundTo3(fraction * 100)} %`;
}

function isLatency(metric: string): boolean {
  return /^p\d/.test(metric);
}

function roundTo3(value: number): number {
  return Number(value.toPrecision(3));
}
