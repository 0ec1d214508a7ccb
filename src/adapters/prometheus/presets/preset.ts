import { SourceError, type ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import { equals, like, literally, type Matcher } from '../selectors/selector.ts';

/**
 * The metrics and labels of one kind of exporter, and how they distinguish the tracks. Values may
 * contain the placeholders of queries.
 */
export interface Preset {
  /** The counter of requests. */
  requests: string;
  /** Labels that may contain the status code. */
  codeLabels: readonly string[];
  latency: {
    /** The name of a histogram. */
    buckets: string;
    /** The unit of its `le`, in milliseconds. */
    unitMs: number;
  };
  /** Labels on the series of both tracks. */
  shared(subject: ReadSubject): readonly Matcher[];
  /** Labels on one track's series. Throws SourceError if this target's tracks cannot be distinguished. */
  ofTrack(subject: ReadSubject, track: Track): readonly Matcher[];
  /**
   * `shared`: every scraped target counts both tracks (a router); `own`: each track has its own
   * targets, whose `up` has the same labels (pods); `unknown`.
   */
  targets: 'shared' | 'own' | 'unknown';
  /** Gauge of Unix seconds with the same labels as `shared`; absent: process_start_time_seconds. */
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
 * Excludes requests for the usual probe and metrics paths: they reach even a release that has no
 * other traffic. Labels in a spec replace these.
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
  onKubernetes(
    subject,
    `preset ${preset} distinguishes the tracks by the names of pods on Kubernetes`,
  );
  return [like(label, '{{pods}}')];
}
