import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { Selector } from '../selectors/selector.ts';

/** Which series count the requests of a service. */
export interface CountersPlan {
  tracks: readonly TrackPlan[];
  /** Gauge of Unix seconds since when they are counted; absent: that of the scraped process. */
  startTime?: Selector;
}

export interface TrackPlan {
  track: Track;
  requests: Selector;
  /** Counted by series of their own, or those requests that have a 5xx in one of these labels. */
  errors: Selector | { codeLabels: readonly string[] };
  latency?: { buckets: Selector; unitMs: number };
  /**
   * Which of the scraped count this track, before they have counted anything: each one that counts
   * the other track too, those whose `up` is selected, or nobody knows.
   */
  targets: 'shared' | Selector | 'unknown';
}

/** Labels that Prometheus itself puts on what it scrapes, `up` included. */
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

/** `up` of the targets that a selector's series come from; undefined where it names no labels of those. */
export function upOf({ matchers }: Pick<Selector, 'matchers'>): Selector | undefined {
  const ofTargets = matchers.filter(({ label }) => targetLabels.has(label));
  return ofTargets.length === 0 ? undefined : { metric: 'up', matchers: ofTargets };
}
