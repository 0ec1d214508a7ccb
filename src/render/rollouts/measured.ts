import type { MetricSpec } from '../../specs/rollouts/metrics.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

/** A metric, or its name alone where no more is known of it. */
export type MeasuredMetric = string | Pick<MetricSpec, 'name' | 'measure'>;

/** What is known of a metric that was measured. */
export function metricNamed(name: string, metrics: readonly MetricSpec[] = []): MeasuredMetric {
  return metrics.find((metric) => metric.name === name) ?? name;
}

/** A metric's value in its unit: latencies as `41ms`, rates as `0.17 %`, values of other sources as they are. */
export function formatMeasured(metric: MeasuredMetric, value: number): string {
  switch (unitOf(metric)) {
    case 'latency':
      return formatDuration(roundTo3(value));
    case 'share':
      return formatShare(value);
    case 'number':
      return roundTo3(value).toLocaleString('en-US', { maximumSignificantDigits: 3 });
  }
}

/** A name alone implies the unit of the service's own metrics. */
function unitOf(metric: MeasuredMetric): 'latency' | 'share' | 'number' {
  if (typeof metric === 'string') return /^p\d/.test(metric) ? 'latency' : 'share';
  switch (metric.measure.kind) {
    case 'latency':
      return 'latency';
    case 'value':
      return 'number';
    case 'error-rate':
    case 'success-rate':
    case 'bad-share':
      return 'share';
  }
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

function roundTo3(value: number): number {
  return Number(value.toPrecision(3));
}
