import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { PrometheusSeries } from '../client/answer.ts';
import { showSelector } from '../selectors/selector.ts';
import { showSeries } from './name-series.ts';
import type { TrackPlan } from './counters-plan.ts';
import type { Moment } from './moment.ts';

/** The series of one track. */
export interface TrackSample {
  plan: TrackPlan;
  requests: readonly PrometheusSeries[];
  /** Empty if errors are recognized by their status code. */
  errors: readonly PrometheusSeries[];
  buckets: readonly PrometheusSeries[];
  /** `up` of the targets that count only this track. */
  up: readonly PrometheusSeries[];
}

export async function sampleTrack(plan: TrackPlan, moment: Moment): Promise<TrackSample> {
  const { requests, errors, latency, targets } = plan;
  const none: readonly PrometheusSeries[] = [];
  const [counted, failed, buckets, up] = await Promise.all([
    moment.samples(requests),
    'metric' in errors ? moment.samples(errors) : none,
    latency ? moment.sums(latency.buckets) : none,
    typeof targets === 'object' ? moment.gauges(targets) : none,
  ]);
  return { plan, requests: counted, errors: failed, buckets, up };
}

/** Throws SourceError if a request would count for both tracks. */
export function refuseOverlap(samples: readonly TrackSample[]): void {
  const seen = new Set<string>();
  for (const series of samples.flatMap(({ requests }) => requests)) {
    const labels = Object.entries(series.labels).sort();
    const key = JSON.stringify(labels);
    if (seen.has(key)) {
      const shown = showSeries({ ...series, labels: Object.fromEntries(labels) });
      throw new SourceError(`the selectors of stable and canary both match ${shown}`);
    }
    seen.add(key);
  }
}

export function noSeries(samples: readonly TrackSample[]): SourceError {
  const asked = samples.map(({ plan }) => showSelector(plan.requests));
  return new SourceError(
    `no series match ${asked.join(' or ')}: the labels are wrong, Prometheus does not scrape the targets, or the service has received no requests yet`,
  );
}
