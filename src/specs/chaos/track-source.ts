/** What is counted of two tracks, the experiment against the control. */
export type TrackSource =
  /** Requests that failed. */
  | { of: 'failed'; test: TrackTest }
  /** Requests that took longer than this. */
  | { of: 'slow'; thanMs: number; test: TrackTest };

/** When two tracks differ. */
export interface TrackTest {
  /** Highest probability that tracks that do not differ are taken to. */
  alpha: number;
  /** The experiment may be so many times as bad as the control. */
  tolerance: number;
  /** It holds only where a track so many times worse than it may be would have been found out ... */
  effect: number;
  /** ... with this probability. */
  power: number;
}

export function isTrackSource<Source extends { of: string }>(
  source: Source,
): source is Extract<Source, TrackSource> {
  return source.of === 'failed' || source.of === 'slow';
}
