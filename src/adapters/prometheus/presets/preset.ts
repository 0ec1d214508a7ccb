import { SourceError, type ReadSubject } from '../../../contracts/metric-reader.ts';
import type { Track } from '../../../contracts/traffic.ts';
import { podNamePattern } from '../../../policies/analysis/pod-names.ts';
import type { KubernetesTarget } from '../../../specs/kubernetes-target.ts';
import { equals, like, type Matcher } from '../selectors/selector.ts';

/** Names of metrics and labels: what someone counts, and how the tracks are told apart in it. */
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

export function podsOf(
  subject: ReadSubject,
  track: Track,
  { label, preset }: { label: string; preset: string },
): readonly Matcher[] {
  const why = `preset ${preset} tells the tracks by the names of pods, and only Kubernetes has those`;
  return [like(label, podNamePattern(subject.ref, onKubernetes(subject, why), track))];
}
