import { SourceError, type ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import { equals, like, literally, type Matcher } from '../selectors/selector.ts';

/**
 * Names of metrics and labels: what someone counts, and how the tracks are told apart in it. Values
 * may have the placeholders that queries have.
 */
export interface Preset {
  /** Counter of requests. */
  requests: string;
  /** Labels a status code may stand in. */
  codeLabels: readonly string[];
  latency: {
    /** Of a histogram. */
    buckets: string;
    /** What 1 is in its `le`. */
    unitMs: number;
  };
  /** On the series of both tracks. */
  shared(subject: ReadSubject): readonly Matcher[];
  /** On one track's series. Throws SourceError where this target's tracks cannot be told apart. */
  ofTrack(subject: ReadSubject, track: Track): readonly Matcher[];
  /**
   * Who counts: `shared`: every scraped target counts both tracks (a router); `own`: each track
   * has its own, which `up` has the same labels of (pods); `unknown`: nobody can say.
   */
  targets: 'shared' | 'own' | 'unknown';
  /** Gauge of Unix seconds on the same labels as `shared`; absent: process_start_time_seconds. */
  startTime?: string;
}

/** Throws SourceError for any other platform. */
export function onKubernetes({ ref }: ReadSubject, why: string): KubernetesTarget {
  if (ref.target.platform === 'kubernetes') return ref.target;
  throw tracksUnknown(why);
}

export function tracksUnknown(why: string): SourceError {
  return new SourceError(
    `${why}; write the labels of each track's series as stable and canary beside the preset, or use another preset`,
  );
}

export function namespaceOf({ ref }: ReadSubject, label: string): readonly Matcher[] {
  return ref.target.platform === 'kubernetes' ? [equals(label, ref.target.namespace)] : [];
}

const probePaths = ['/health', '/healthz', '/livez', '/readyz'];

/**
 * Without requests for the usual paths of probes, and for the metrics: they come to a release that
 * nobody else asks. Labels that a spec writes take the place of these.
 */
export function withoutProbes(
  { ref }: ReadSubject,
  pathLabels: readonly string[],
): readonly Matcher[] {
  const { target } = ref;
  const metrics = target.platform === 'kubernetes' ? target.metrics.path : '/metrics';
  const value = [...probePaths, literally(metrics)].join('|');
  return pathLabels.map((label) => ({ label, op: '!~', value }));
}

/** The names of the track's pods. */
export function podsOf(
  subject: ReadSubject,
  { label, preset }: { label: string; preset: string },
): readonly Matcher[] {
  onKubernetes(subject, `preset ${preset} tells the tracks by the names of pods on Kubernetes`);
  return [like(label, '{{pods}}')];
}
