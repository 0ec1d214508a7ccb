import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { Selector } from '../selectors/selector.ts';

/** Which series count the requests of a service. */
export interface CountersPlan {
  tracks: readonly TrackPlan[];
  /** Gauge of the Unix seconds at which counting started; absent: the start time of the scraped process. */
  startTime?: Selector;
}

export interface TrackPlan {
  track: Track;
  requests: Selector;
  /** Separate series of errors, or the requests that have a 5xx in one of these labels. */
  errors: Selector | { codeLabels: readonly string[] };
  latency?: { buckets: Selector; unitMs: number };
  /**
   * The scraped targets that count this track, even before they have counted a request: every target
   * that counts the other track too, those whose `up` is selected, or unknown.
   */
  targets: 'shared' | Selector | 'unknown';
}

/** Labels that Prometheus itself adds to scraped series, including `up`. */
const targetLabels = new Set([
  'job',
  'instance',
  'cluster',
  'namespace',
  'pod',
  'container',
  'node',
  'kubernetes_namespace',
  'kubernetes_pod_name',
]);

/** `up` of the targets of a selector's series; undefined if the selector has no target labels. */
export function upOf({ matchers }: Pick<Selector, 'matchers'>): Selector | undefined {
  const ofTargets = matchers.filter(({ label }) => targetLabels.has(label));
  return ofTargets.length === 0 ? undefined : { metric: 'up', matchers: ofTargets };
}
