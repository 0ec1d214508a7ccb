import type { MetricSource, TrafficSource } from '../../specs/rollouts/metric-source.ts';
import type { ServiceRef } from './platform.ts';
import type { Track, TrafficSnapshot } from './traffic.ts';

/** Whose metrics are read. */
export interface ReadSubject {
  ref: ServiceRef;
  version: string;
  /** The one that is judged; where it is `canary`, stable is read beside it where that can be told apart. */
  track: Track;
  /** The names of each track's replicas, as last seen. Absent where nobody has looked. */
  replicas?: Partial<Record<Track, readonly string[]>>;
}

/** What a metric's own source says at one look. */
export type Reading =
  /** Bad requests are its errors; there are no latencies. */
  | { kind: 'counts'; counters: TrafficSnapshot }
  /** Finite; a track that has none is absent. */
  | { kind: 'value'; values: Partial<Record<Track, number>> }
  /** It answered, and what it said is no data: nothing, NaN, something stale. */
  | { kind: 'nothing'; reason: string };

/** A source that did not answer in time, or refused. Asked again at the next look. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

export interface MetricReader {
  /**
   * One reading. Acts on nothing. Throws SourceError where the source does not answer within
   * `timeoutMs`, or refuses what it is asked.
   */
  read(source: MetricSource, subject: ReadSubject, timeoutMs: number): Promise<Reading>;
  /** Both tracks' requests as another than the platform counts them. Throws SourceError. */
  readTraffic(
    source: TrafficSource,
    subject: ReadSubject,
    timeoutMs: number,
  ): Promise<TrafficSnapshot>;
}
