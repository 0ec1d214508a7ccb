import type { MetricSpec } from '../../specs/metrics.ts';
import { formatDuration } from '../../specs/duration.ts';

/** A metric, or its name alone where no more is known of it. */
export type MeasuredMetric = string | Pick<MetricSpec, 'name' | 'measure'>;

/** What is known of a metric that was measured. */
export function metricNamed(name: string, metrics: readonly MetricSpec[] = []): MeasuredMetric {
  return metrics.find((metric) => metric.name === name) ?? name;
}

/** A metric's value in its unit: latencies as `41ms`, rates as `0.17 %`, values of other sources as they are. */
export function formatMeasured(metric: MeasuredMetric, value: number): string {
  if (typeof metric !== 'string' && metric.measure.kind === 'value') return formatNumber(value);
  const name = typeof metric === 'string' ? metric : metric.name;
  return isLatency(name) ? formatDuration(roundTo3(value)) : formatShare(value);
}

/** The bounds of a metric, as in `max 1 %`. */
export function formatBounds(metric: MetricSpec): string {
  const { min, max } = metric;
  return [
    ...(min === undefined ? [] : [`min ${formatMeasured(metric, min)}`]),
    ...(max === undefined ? [] : [`max ${formatMeasured(metric, max)}`]),
  ].join(', ');
}

/** A fraction as a percentage with three significant digits. */
function formatShare(fraction: number): string {
  return `${roundTo3(fraction * 100)} %`;
}

function formatNumber(value: number): string {
  return roundTo3(value).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function isLatency(metric: string): boolean {
  return /^p\d/.test(metric);
}

function roundTo3(value: number): number {
  return Number(value.toPrecision(3));
}
