import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';

/** `0.42 %` for rates, `12 ms` for latencies, `41.2` for what has a unit of its own. */
export function formatMetricValue({ measure }: Pick<MetricSpec, 'measure'>, value: number): string {
  switch (measure.kind) {
    case 'latency':
      return `${roundTo(value, value < 10 ? 1 : 0)} ms`;
    case 'value':
      return String(Number(value.toPrecision(4)));
    case 'error-rate':
    case 'success-rate':
    case 'bad-share':
      return `${roundTo(value * 100, 2)} %`;
  }
}

/** `at most 1 %`, `at least 99 %`, `between 1 ms and 500 ms`. */
export function describeBound(metric: MetricSpec): string {
  const { min, max } = metric;
  if (min !== undefined && max !== undefined) {
    return `between ${formatMetricValue(metric, min)} and ${formatMetricValue(metric, max)}`;
  }
  if (max !== undefined) return `at most ${formatMetricValue(metric, max)}`;
  return `at least ${formatMetricValue(metric, min ?? 0)}`;
}

function roundTo(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
