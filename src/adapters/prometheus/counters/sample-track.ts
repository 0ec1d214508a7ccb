import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { PrometheusSeries } from '../client/answer.ts';
import { showSelector } from '../selectors/selector.ts';
import { showSeries } from './count-series.ts';
import type { TrackPlan } from './counters-plan.ts';
import type { Moment } from './moment.ts';

/** What Prometheus has of one track. */
export interface TrackSample {
  plan: TrackPlan;
  requests: readonly PrometheusSeries[];
  /** Empty where errors are told by their code. */
  errors: readonly PrometheusSeries[];
  buckets: readonly PrometheusSeries[];
  /** Of the targets that count this track alone. */
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

/** Throws SourceError where a request would count for both tracks. */
export function refuseOverlap(samples: readonly TrackSample[]): void {
  const seen = new Set<string>();
  for (const series of samples.flatMap(({ requests }) => requests)) {
    const key = showSeries({ labels: Object.fromEntries(Object.entries(series.labels).sort()) });
    if (seen.has(key)) {
      throw new SourceError(`the selectors of stable and of the canary both match ${key}`);
    }
    seen.add(key);
  }
}

export function noSeries(samples: readonly TrackSample[]): SourceError {
  const asked = samples.map(({ plan }) => showSelector(plan.requests));
  return new SourceError(
    `no series match ${asked.join(' nor ')}: the labels are wrong, Prometheus does not scrape who counts, or nobody has asked the service yet`,
  );
}
