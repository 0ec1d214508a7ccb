import type { Counts } from '../../../../contracts/kernel/counted-evidence.ts';
import type { TrackCounters } from '../../../../contracts/rollouts/traffic.ts';
import type { MetricSpec } from '../../../../specs/rollouts/metrics.ts';
import { describeBound, formatMetricValue } from '../describe-metric.ts';
import { noBuckets } from '../measure-metric.ts';

/** Of no release can it be shown that it is better. */
const leastAllowedShare = 1e-6;

/** The share of bad requests that a metric's bound still allows; above 0, so that it can be tested. */
export function allowedShareOf({ measure, max = 0, min = 1 }: MetricSpec): number {
  switch (measure.kind) {
    case 'error-rate':
    case 'bad-share':
    case 'value':
      return Math.max(leastAllowedShare, max);
    case 'success-rate':
      return Math.max(leastAllowedShare, 1 - min);
    case 'latency':
      return Math.max(leastAllowedShare, 1 - measure.quantile);
  }
}

export type BadRequests = { known: true; counts: Counts } | { known: false; reason: string };

/** How many of a track's requests were bad by a metric: failed, or slower than its bound. */
export function badRequests(metric: MetricSpec, counters: TrackCounters): BadRequests {
  const { requests, errors } = counters;
  if (metric.measure.kind !== 'latency') {
    return { known: true, counts: { total: requests, bad: errors } };
  }
  return slowRequests(metric, counters);
}

/** Slow is above the first bucket that holds the bound, so that no quick request is called slow. */
function slowRequests(
  metric: MetricSpec,
  { requests, latency: { boundsMs, counts } }: TrackCounters,
): BadRequests {
  const { max = Infinity } = metric;
  const total = counts.at(-1) ?? 0;
  if (total === 0) {
    return requests === 0
      ? { known: true, counts: { total: 0, bad: 0 } }
      : { known: false, reason: noBuckets };
  }
  if (boundsMs.every((bound) => bound === null)) return { known: false, reason: noBuckets };
  const bucket = boundsMs.findIndex((bound) => bound !== null && bound >= max);
  const quick = counts[bucket];
  if (quick === undefined) {
    const highest = boundsMs.findLast((bound) => bound !== null) ?? 0;
    const reason = `the source tells latencies only up to ${formatMetricValue(metric, highest)}, and the bound is ${describeBound(metric)}`;
    return { known: false, reason };
  }
  return { known: true, counts: { total, bad: total - quick } };
}
