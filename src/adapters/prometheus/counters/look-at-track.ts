import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { Series } from '../client/answer.ts';
import { showSelector } from '../selectors/selector.ts';
import { showSeries } from './count-series.ts';
import type { TrackPlan } from './counters-plan.ts';
import type { Moment } from './moment.ts';

/** What Prometheus has of one track. */
export interface TrackLook {
  plan: TrackPlan;
  requests: readonly Series[];
  /** Empty where errors are told by their code. */
  errors: readonly Series[];
  buckets: readonly Series[];
  /** Of the targets that count this track alone. */
  up: readonly Series[];
}

export async function lookAtTrack(plan: TrackPlan, moment: Moment): Promise<TrackLook> {
  const { requests, errors, latency, targets } = plan;
  const none: readonly Series[] = [];
  const [counted, failed, buckets, up] = await Promise.all([
    moment.samples(requests),
    'metric' in errors ? moment.samples(errors) : none,
    latency ? moment.sums(latency.buckets) : none,
    typeof targets === 'object' ? moment.gauges(targets) : none,
  ]);
  return { plan, requests: counted, errors: failed, buckets, up };
}

/** Throws SourceError where a request would count for both tracks. */
export function refuseOverlap(looks: readonly TrackLook[]): void {
  const seen = new Set<string>();
  for (const series of looks.flatMap(({ requests }) => requests)) {
    const key = showSeries({ labels: Object.fromEntries(Object.entries(series.labels).sort()) });
    if (seen.has(key)) {
      throw new SourceError(`the selectors of stable and of the canary both match ${key}`);
    }
    seen.add(key);
  }
}

export function noSeries(looks: readonly TrackLook[]): SourceError {
  const asked = looks.map(({ plan }) => showSelector(plan.requests));
  return new SourceError(
    `no series match ${asked.join(' nor ')}: the labels are wrong, Prometheus does not scrape who counts, or nobody has asked the service yet`,
  );
}
